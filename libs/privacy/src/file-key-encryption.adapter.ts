import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KeyFileInvalid, KeysUnavailable } from './privacy.errors';
import { type KeyEncryption } from './privacy.port';
import { decrypt, encrypt, keyBytes } from './seal';

interface KeyFile {
  readonly current: string;
  /** Base64 of 32 bytes by version; old versions stay, so that what they wrapped can be unwrapped. */
  readonly keys: Readonly<Record<string, string>>;
  /** Base64 of 32 bytes: root of the blind indexes. Never rotated, or look-ups would find nothing. */
  readonly indexKey: string;
}

export interface FileKeyEncryptionOptions {
  /**
   * In `demo`, the default, a missing file is made with fresh keys and mode 0600. In `production` it is refused: there
   * a missing file means a wrong mount, and fresh keys would seal values that nobody else can open.
   */
  readonly mode?: 'demo' | 'production';
  /** Milliseconds between two looks at the file for versions that came to it since. Default 5,000. */
  readonly lookAgainMs?: number;
}

/**
 * Key-encryption keys in a JSON file `{ current, keys: { version: base64 }, indexKey }`, readable by its owner only.
 * To rotate, add a version, and name it as `current` when every process knows it. A version that is not known yet is looked for in the file again;
 * what wraps is only changed by a new start. Services that start at once agree on one file.
 * @throws KeyFileInvalid; `unwrap` throws KeysUnavailable (retriable) for a version that is not in the file
 */
export async function createFileKeyEncryption(
  path: string,
  { mode = 'demo', lookAgainMs = 5_000 }: FileKeyEncryptionOptions = {},
): Promise<KeyEncryption> {
  const found = await readKeyFile(path);
  if (found === undefined && mode === 'production') throw new KeyFileInvalid('the key file does not exist');
  const content = found === undefined ? await makeKeyFile(path) : found;
  await refuseForeignReaders(path);
  const { current, keys, indexKey } = checked(content);
  const context = (version: string): string => `data-key:${version}`;
  const keyFor = keysLookedForAgain(path, keys, lookAgainMs);
  return {
    currentVersion: current,
    wrap: async (plain) => ({
      version: current,
      wrapped: encrypt(await keyFor(current), context(current), plain),
    }),
    unwrap: async (version, wrapped) => decrypt(await keyFor(version), context(version), wrapped),
    indexKey: async () => indexKey,
  };
}

/** Another process may have been given the file with a new version before this one was: nothing is wrong, and trying again helps. */
function keysLookedForAgain(
  path: string,
  known: ReadonlyMap<string, Uint8Array>,
  lookAgainMs: number,
): (version: string) => Promise<Uint8Array> {
  let keys = known;
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    lookedAt = performance.now();
    await refuseForeignReaders(path);
    keys = new Map([...checked(await readKeyFile(path)).keys, ...keys]);
  };
  return async (version) => {
    if (!keys.has(version) && performance.now() - lookedAt >= lookAgainMs)
      looking ??= look().finally(() => (looking = undefined));
    let cause: unknown;
    if (!keys.has(version)) await looking?.catch((error: unknown) => (cause = error));
    const key = keys.get(version);
    if (key !== undefined) return key;
    throw new KeysUnavailable('the key file lacks a version that wrapped a data key', { cause });
  };
}

async function readKeyFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new KeyFileInvalid('the key file cannot be read', { cause: isCode(error) ? error : undefined });
  }
}

/** Written beside and linked into place: whoever comes second reads the first one's file. */
async function makeKeyFile(path: string): Promise<unknown> {
  const fresh: KeyFile = {
    current: 'v1',
    keys: { v1: randomBytes(keyBytes).toString('base64') },
    indexKey: randomBytes(keyBytes).toString('base64'),
  };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(fresh, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  return readKeyFile(path);
}

async function refuseForeignReaders(path: string): Promise<void> {
  if (hasForeignReaders(await stat(path), process.getuid?.()))
    throw new KeyFileInvalid('the key file may be read by others; set its mode to 0600');
}

/**
 * Only the owner may read. A file of root's that another account uses may be read by its group: so is a secret that a
 * cluster mounts for a pod, whose group holds nobody else.
 */
export function hasForeignReaders(
  file: { readonly mode: number; readonly uid: number },
  account: number | undefined,
): boolean {
  const mounted = file.uid === 0 && account !== undefined && account !== 0;
  return (file.mode & (mounted ? 0o037 : 0o077)) !== 0;
}

function checked(content: unknown): { current: string; keys: Map<string, Uint8Array>; indexKey: Uint8Array } {
  const file = content as Partial<KeyFile> | null;
  if (typeof file?.current !== 'string' || typeof file.keys !== 'object') {
    throw new KeyFileInvalid('the key file needs current, keys and indexKey');
  }
  const keys = new Map(Object.entries(file.keys).map(([version, text]) => [version, keyFrom(text)]));
  if (!keys.has(file.current)) throw new KeyFileInvalid('the current version of the key file has no key');
  return { current: file.current, keys, indexKey: keyFrom(file.indexKey) };
}

function keyFrom(text: unknown): Uint8Array {
  const key = typeof text === 'string' ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (key.length !== keyBytes)
    throw new KeyFileInvalid(`a key of the key file is not ${keyBytes} bytes long`);
  return key;
}

function isCode(error: unknown, code?: string): error is NodeJS.ErrnoException {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    (code === undefined || error.code === code)
  );
}
