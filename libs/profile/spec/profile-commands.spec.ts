import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, createMemoryEventStore } from '@balagh/event-store';
import { profileFixture } from '@balagh/testing';
import { runProfileCommand } from '../src/profile-commands';

let folder: string;
let store: EventStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'balagh-profile-'));
  store = createMemoryEventStore();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runProfileCommand(args, {
    openStore: () => ({ ...store, close: async () => undefined }),
    now: () => '2026-05-10T06:00:00.000Z',
    account: 'admin',
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('npm run profile', () => {
  it('publishes, lists and shows', async () => {
    const mus = file('mus.json', profileFixture('MUS'));
    expect(await run('publish', mus)).toEqual({ code: 0, out: 'MUS version 1 published', err: '' });
    expect(await run('publish', mus)).toEqual({ code: 0, out: 'MUS version 1 (unchanged)', err: '' });
    const changed = file('mus.json', { ...(profileFixture('MUS') as object), secondLineQueue: 'OTHER' });
    expect((await run('publish', changed)).out).toBe('MUS version 2 published');

    expect((await run('list')).out).toMatch(/^MUS {10}version 2 {4}Muscat Municipality — بلدية مسقط$/);
    expect(JSON.parse((await run('list', '--json')).out)).toMatchObject([{ tenant: 'MUS', version: 2 }]);
    expect(JSON.parse((await run('show', 'MUS')).out)).toMatchObject({
      version: 2,
      profile: { secondLineQueue: 'OTHER' },
    });
    expect(JSON.parse((await run('show', 'MUS', '--version', '1')).out)).toMatchObject({
      version: 1,
      profile: { secondLineQueue: 'DISTRIBUTOR' },
    });
  });

  it('publishes nothing when one of several files is wrong', async () => {
    const good = file('good.json', profileFixture('MUS'));
    const bad = file('bad.json', { ...(profileFixture('TOURISM') as object), timeZone: 'Asia/Nowhere' });
    const result = await run('publish', good, bad);
    expect(result.code).toBe(1);
    expect(result.err).toContain('timeZone: not an IANA time zone');
    expect((await run('list')).out).toBe('no profile is published');
  });

  it('checks files without a store and names every problem', async () => {
    const good = file('good.json', profileFixture('KWT-PAMA'));
    expect(await run('check', good)).toMatchObject({ code: 0, out: `${good}: KWT-PAMA is valid` });
    expect((await run('check', file('broken.json', '{'))).code).toBe(1);
    expect((await run('check', join(folder, 'missing.json'))).code).toBe(1);
  });

  it('an unknown tenant or version is refused', async () => {
    expect((await run('show', 'NOBODY')).code).toBe(1);
    expect((await run('show', 'MUS', '--version', '7')).code).toBe(1);
  });

  it.each([
    [],
    ['publish'],
    ['show'],
    ['destroy', 'MUS'],
    ['show', 'MUS', '--version', 'x'],
    ['list', '--colour'],
  ])('wrong usage %j ends with 2', async (...args) => {
    expect((await run(...args.flat())).code).toBe(2);
  });

  it('--help explains and ends well', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    expect(out).toContain('publish FILE');
  });
});
