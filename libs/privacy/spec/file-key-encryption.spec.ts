import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type KeyEncryption,
  KeyFileInvalid,
  KeysUnavailable,
  createFileKeyEncryption,
} from '@balagh/privacy';
import { hasForeignReaders } from '../src/file-key-encryption.adapter';

const dataKey = new Uint8Array(32).fill(9);
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'balagh-keys-'));
  path = join(folder, 'deep', 'kek.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const roundTrip = async (wrapper: KeyEncryption, unwrapper: KeyEncryption): Promise<Uint8Array> => {
  const { version, wrapped } = await wrapper.wrap(dataKey);
  return unwrapper.unwrap(version, wrapped);
};

/** Adds a version to the file and makes it the current one. */
async function rotated(): Promise<void> {
  const file = JSON.parse(await readFile(path, 'utf8')) as { keys: Record<string, string> };
  file.keys['v2'] = Buffer.alloc(32, 3).toString('base64');
  await writeFile(path, JSON.stringify({ ...file, current: 'v2' }));
}

describe('key-encryption keys in a file', () => {
  it('a demonstration makes the file, for its owner only', async () => {
    await createFileKeyEncryption(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'deep'))).toEqual(['kek.json']);
  });

  it('production refuses a missing file', async () => {
    await expect(createFileKeyEncryption(path, { mode: 'production' })).rejects.toBeInstanceOf(
      KeyFileInvalid,
    );
  });

  it('services that start at once agree on one file', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => createFileKeyEncryption(path)));
    const [first, ...others] = all;
    if (first === undefined) throw new Error('no key encryption');
    for (const other of others)
      expect(Buffer.from(await roundTrip(first, other))).toEqual(Buffer.from(dataKey));
    const indexKeys = await Promise.all(
      all.map(async (k) => Buffer.from((await k.indexKey?.()) ?? []).toString('hex')),
    );
    expect(new Set(indexKeys).size).toBe(1);
  });

  it('the data key does not appear in what is wrapped, and an altered wrap is refused', async () => {
    const keys = await createFileKeyEncryption(path);
    const { version, wrapped } = await keys.wrap(dataKey);
    expect(Buffer.from(wrapped).includes(Buffer.from(dataKey))).toBe(false);
    const altered = Uint8Array.from(wrapped, (byte, i) => (i === 20 ? byte ^ 1 : byte));
    await expect(keys.unwrap(version, altered)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
  });

  it('after a rotation the old version still unwraps and the new one wraps', async () => {
    const before = await createFileKeyEncryption(path);
    await rotated();
    const after = await createFileKeyEncryption(path);
    expect(after.currentVersion).toBe('v2');
    expect(Buffer.from(await roundTrip(before, after))).toEqual(Buffer.from(dataKey));
  });

  it('a process that was not restarted finds the new version in its file, and goes on wrapping with the old one', async () => {
    const before = await createFileKeyEncryption(path);
    await rotated();
    const after = await createFileKeyEncryption(path);
    expect(Buffer.from(await roundTrip(after, before))).toEqual(Buffer.from(dataKey));
    expect((await before.wrap(dataKey)).version).toBe('v1');
  });

  it('a version that is not in the file yet may be there later; the file is not read each time', async () => {
    const hasty = await createFileKeyEncryption(path, { lookAgainMs: 0 });
    const patient = await createFileKeyEncryption(path, { lookAgainMs: Infinity });
    const old = await readFile(path, 'utf8');
    await rotated();
    const after = await createFileKeyEncryption(path);
    const rotatedFile = await readFile(path, 'utf8');
    for (const text of [old, 'not complete']) {
      await writeFile(path, text);
      for (const process of [hasty, patient])
        await expect(roundTrip(after, process)).rejects.toMatchObject({
          code: 'KEYS_UNAVAILABLE',
          retriable: true,
        });
    }
    await writeFile(path, rotatedFile);
    expect(Buffer.from(await roundTrip(after, hasty))).toEqual(Buffer.from(dataKey));
    await expect(roundTrip(after, patient)).rejects.toBeInstanceOf(KeysUnavailable);
  });

  it('the page’s commands add a version first and make it the current one later', async () => {
    await createFileKeyEncryption(path);
    const page = await readFile(join(__dirname, '../../../docs/how-to/rotate-keys.md'), 'utf8');
    const [, , add, change] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');
    const states: unknown[] = [];
    for (const command of [add, change]) {
      execFileSync('sh', ['-c', (command ?? '').replace('keys.json', path)]);
      const { current, keys } = JSON.parse(await readFile(path, 'utf8')) as { current: string; keys: object };
      states.push([current, Object.keys(keys)]);
    }
    expect(states).toEqual([
      ['v1', ['v1', 'v2']],
      ['v2', ['v1', 'v2']],
    ]);
    await expect(createFileKeyEncryption(path, { mode: 'production' })).resolves.toMatchObject({
      currentVersion: 'v2',
    });
  });

  it('a file that everybody can read is refused', async () => {
    await createFileKeyEncryption(path);
    await chmod(path, 0o644);
    await expect(createFileKeyEncryption(path)).rejects.toBeInstanceOf(KeyFileInvalid);
  });

  it('a secret that root mounts for a pod may be read by the pod’s group, and by nobody else', () => {
    expect(hasForeignReaders({ mode: 0o100440, uid: 0 }, 1000)).toBe(false);
    expect(hasForeignReaders({ mode: 0o100444, uid: 0 }, 1000)).toBe(true);
    expect(hasForeignReaders({ mode: 0o100460, uid: 0 }, 1000)).toBe(true);
    expect(hasForeignReaders({ mode: 0o100440, uid: 0 }, 0)).toBe(true);
    expect(hasForeignReaders({ mode: 0o100440, uid: 1000 }, 1000)).toBe(true);
    expect(hasForeignReaders({ mode: 0o100600, uid: 1000 }, 1000)).toBe(false);
  });

  it.each(['', 'null', '{}', '{"current":"v1","keys":{"v1":"AAAA"},"indexKey":"AAAA"}'])(
    'a file that holds %j is refused and not shown',
    async (text) => {
      const broken = join(folder, 'broken.json');
      await writeFile(broken, text, { mode: 0o600 });
      const failure = await createFileKeyEncryption(broken).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(KeyFileInvalid);
      expect(String(failure)).not.toContain('AAAA');
    },
  );
});
