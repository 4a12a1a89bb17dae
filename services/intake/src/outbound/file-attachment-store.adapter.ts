import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type AttachmentKey,
  type AttachmentOwner,
  type AttachmentStore,
  type SealedFile,
} from '../application/attachment-store.port';

const safe = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Sealed evidence as files, `<root>/<tenant>/<first two of case>/<case>/<attachment>`. */
export class FileAttachmentStore implements AttachmentStore {
  /** Folders of a case's first two characters, at most 256 of a tenant, whose own names this process has flushed. */
  private readonly flushed = new Set<string>();

  constructor(private readonly root: string) {}

  /** Side by side, so that the disk flushes once for all. */
  async put(owner: AttachmentOwner, files: readonly SealedFile[]): Promise<void> {
    const folder = this.folderOf(owner);
    const written = files.map(({ attachmentId, sealed }) => ({
      path: join(folder, safely(attachmentId)),
      sealed,
    }));
    const firstMade = await mkdir(folder, { recursive: true, mode: 0o700 });
    await allOrThrow(written.map(({ path, sealed }) => write(path, sealed)));
    const naming = this.naming(folder, firstMade);
    await allOrThrow([...naming].map(flushFolder));
    this.flushed.add(dirname(folder));
  }

  /**
   * Folders whose new names must survive a crash, too: those of the files, and those of folders that were made for them, also by somebody
   * who has not flushed them yet.
   */
  private naming(folder: string, firstMade: string | undefined): ReadonlySet<string> {
    const beginning = dirname(folder);
    const naming = new Set([folder, beginning]);
    if (!this.flushed.has(beginning)) naming.add(dirname(beginning)).add(this.root);
    for (let made = folder; firstMade !== undefined && made.length >= firstMade.length; made = dirname(made))
      naming.add(dirname(made));
    return naming;
  }

  async get(key: AttachmentKey): Promise<Uint8Array | undefined> {
    try {
      return await readFile(join(this.folderOf(key), safely(key.attachmentId)));
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  private folderOf({ tenant, caseId }: AttachmentOwner): string {
    return join(this.root, safely(tenant), safely(caseId).slice(0, 2), caseId);
  }
}

/**
 * Whole and durable under its name when it resolves. A new name is taken at once: an event speaks of it only after that, so what a
 * crash leaves half written is nobody's, and is replaced when the command comes again. What may be somebody's already is written
 * beside and renamed.
 */
async function write(path: string, sealed: Uint8Array): Promise<void> {
  const first = await createFile(path);
  if (first !== undefined) return fill(first, sealed);
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    await fill(await open(temporary, 'wx', 0o600), sealed);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Undefined: there is a file of this name. */
async function createFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (isCode(error, 'EEXIST')) return undefined;
    throw error;
  }
}

/** What fails gives its room back and keeps its name: by then the name may be that of another's file, which is whole. */
async function fill(file: FileHandle, sealed: Uint8Array): Promise<void> {
  try {
    await file.writeFile(sealed);
    await file.sync();
  } catch (error) {
    await file.truncate(0).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** None is left at work when it throws. */
async function allOrThrow(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function safely(id: string): string {
  if (!safe.test(id)) throw new TypeError('an attachment key is made of ids');
  return id;
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
