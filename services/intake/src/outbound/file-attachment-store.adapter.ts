import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AttachmentKey, type AttachmentStore } from '../application/attachment-store.port';

const safe = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Sealed evidence as files, `<root>/<tenant>/<first two of case>/<case>/<attachment>`. */
export class FileAttachmentStore implements AttachmentStore {
  constructor(private readonly root: string) {}

  /** Written beside, flushed, then renamed: a crash leaves the whole file or none. */
  async put(key: AttachmentKey, sealed: Uint8Array): Promise<void> {
    const path = this.pathOf(key);
    const folder = dirname(path);
    const temporary = `${path}.${randomUUID()}.part`;
    const firstMade = await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(sealed);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    // The new names themselves must survive a crash, too: the file's, and those of folders that were made for it.
    await flushFolder(folder);
    for (let made = folder; firstMade !== undefined && made.length >= firstMade.length; made = dirname(made))
      await flushFolder(dirname(made));
  }

  async get(key: AttachmentKey): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.pathOf(key));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private pathOf({ tenant, caseId, attachmentId }: AttachmentKey): string {
    if (![tenant, caseId, attachmentId].every((part) => safe.test(part)))
      throw new TypeError('an attachment key is made of ids');
    return join(this.root, tenant, caseId.slice(0, 2), caseId, attachmentId);
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
