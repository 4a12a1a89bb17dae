import { migrateEventStore } from '@balagh/event-store';
import { createFileKeyEncryption, migrateKeys } from '@balagh/privacy';
import { type TestDatabase, eventually, testDatabase } from '@balagh/testing';
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ReadyMessage, createLog, createPlatform, openTables, serviceConfig } from '../src';

const root = resolve(__dirname, '../../..');
const log = createLog({ service: 'tiny', level: 'silent' });

describe('the platform on PostgreSQL', () => {
  let db: TestDatabase;
  let directory: string;
  const environment = (more: Record<string, string> = {}) => ({
    DATABASE_URL: db.url,
    ISSUER_URL: 'http://127.0.0.1:9',
    ...more,
  });

  beforeAll(async () => {
    db = await testDatabase();
    directory = await mkdtemp(join(tmpdir(), 'balagh-platform-'));
    await migrateEventStore(db.pool);
    await migrateKeys(db.pool);
  });

  afterAll(async () => {
    await db.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** The server notices a moment later that a client is gone. */
  const noConnectionsOf = (service: string) =>
    eventually(
      async () => {
        const like = `balagh-${service}-%`;
        const { rows } = await db.pool.query(
          'select 1 from pg_stat_activity where application_name like $1',
          [like],
        );
        return rows.length === 0;
      },
      { deadlineMs: 5_000, what: `no connection of ${service}` },
    );

  it('opens store, keys and feed, reports them ready with each consumer’s lag, and closes every connection', async () => {
    const kek = join(directory, 'kek');
    await createFileKeyEncryption(kek);
    const config = serviceConfig(environment({ KEYS_URL: db.url, KEK_FILE: kek }));
    const platform = await createPlatform({ service: 'tiny', author: 'intake', config, log });
    await platform.privacy.mint('subject-1', 'MUS');
    const sealed = await platform.privacy.seal('subject-1', 'an invented name');
    await expect(platform.privacy.open(sealed)).resolves.toBe('an invented name');
    await platform.feed.subscribe({
      consumer: 'tiny.nothing',
      topics: ['case.routing'],
      handle: () => Promise.resolve(),
    });
    await expect(platform.health.check()).resolves.toEqual({
      ready: true,
      database: 'up',
      eventStore: 'up',
      feed: 'up',
      consumers: { 'tiny.nothing': { lag: 0, parked: 0 } },
    });
    await platform.close();
    await platform.close();
    await noConnectionsOf('tiny');
    await expect(platform.health.check()).resolves.toMatchObject({ ready: false, database: 'down' });
  });

  it('is not ready while the pool of the own tables does not answer', async () => {
    const config = serviceConfig(environment());
    const platform = await createPlatform({ service: 'tiny', config, log });
    const tables = await openTables(config, { entities: [], migrations: [] }, 'balagh-tiny-tables');
    await expect(platform.health.check()).resolves.toMatchObject({ ready: true, database: 'up' });
    const held = Array.from({ length: 6 }, () => tables.createQueryRunner());
    await Promise.all(held.map((runner) => runner.connect()));
    await expect(platform.health.check()).resolves.toMatchObject({ ready: false, database: 'down' });
    await Promise.all(held.map((runner) => runner.release()));
    await tables.destroy();
    await expect(platform.health.check()).resolves.toMatchObject({ ready: true, database: 'up' });
    await platform.close();
  });

  it('is ready without Kafka: commands and pages need none', async () => {
    const config = serviceConfig(environment({ FEED: 'kafka', KAFKA_BROKERS: '127.0.0.1:1' }));
    const platform = await createPlatform({ service: 'tiny', config, log });
    await platform.feed.subscribe({
      consumer: 'tiny.nothing',
      topics: ['case.routing'],
      handle: () => Promise.resolve(),
    });
    await expect(platform.health.check()).resolves.toMatchObject({ ready: true, feed: 'down' });
    await platform.close();
  });

  it('keeps personal data and foreign event types from a service without the rights', async () => {
    const platform = await createPlatform({ service: 'viewer', config: serviceConfig(environment()), log });
    await expect(platform.privacy.open('sealed:v1:x:y')).rejects.toMatchObject({ code: 'KEYS_NOT_GRANTED' });
    const context = {
      commandId: '9a2f8f0e-2222-4222-8222-222222222222',
      tenant: 'MUS',
      actor: { kind: 'system', id: 'viewer', organisation: 'MUS' },
      line: 'system',
      correlationId: 'x',
      causationId: 'x',
    } as const;
    const attempt = platform.streams.execute('case-x', context, () => ({ kind: 'accepted', events: [] }));
    await expect(attempt).rejects.toMatchObject({ code: 'EVENT_TYPE_FOREIGN' });
    await platform.close();
  });

  it('leaves nothing open when it cannot start', async () => {
    const config = serviceConfig(environment({ KEYS_URL: db.url, KEK_FILE: directory }));
    await expect(createPlatform({ service: 'broken', config, log })).rejects.toThrow();
    await noConnectionsOf('broken');
  });

  describe('in a process of its own', () => {
    const children: ChildProcess[] = [];
    const begin = (more: Record<string, string> = {}) => {
      const child = fork(join(__dirname, 'fixtures/tiny-process.cjs'), {
        env: { PATH: process.env['PATH'], ...environment(more) },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      children.push(child);
      const output: string[] = [];
      child.stdout?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
      child.stderr?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
      const ended = once(child, 'exit').then(([status]) => status as number | null);
      return { child, ended, text: () => output.join('') };
    };
    const ready = async (child: ChildProcess): Promise<ReadyMessage> =>
      ((await once(child, 'message')) as [ReadyMessage])[0];

    beforeAll(() => {
      execFileSync(process.execPath, [join(root, 'infra/build/build.mjs')], { stdio: 'ignore' });
    }, 60_000);

    afterEach(() => {
      for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
    });

    it('tells its parent the ports it took, and ends cleanly on SIGTERM', async () => {
      const tiny = begin();
      const message = await ready(tiny.child);
      expect(message).toEqual({
        ready: true,
        service: 'tiny',
        httpPort: expect.any(Number) as number,
        grpcPort: expect.any(Number) as number,
      });
      expect((await fetch(`http://127.0.0.1:${message.httpPort}/readyz`)).status).toBe(200);
      tiny.child.kill('SIGTERM');
      expect(await tiny.ended).toBe(0);
      expect(tiny.text()).toContain('"event":"service.stopped"');
    }, 30_000);

    it('ends when its parent disappears', async () => {
      const tiny = begin();
      await ready(tiny.child);
      tiny.child.disconnect();
      expect(await tiny.ended).toBe(0);
    }, 30_000);

    it('ends with status 1 after an unhandled rejection, and says so without personal data', async () => {
      const tiny = begin({
        TINY_BREAKS: 'rejection',
        BALAGH_MODE: 'production',
        ISSUER_URL: 'https://127.0.0.1:9',
      });
      expect(await tiny.ended).toBe(1);
      expect(tiny.text()).toContain('"event":"process.unhandled-rejection"');
      expect(tiny.text()).not.toContain('9000');
    }, 30_000);

    it('ends within ten seconds even when a module never finishes', async () => {
      const tiny = begin({ TINY_BREAKS: 'shutdown-hangs' });
      await ready(tiny.child);
      const before = Date.now();
      tiny.child.kill('SIGTERM');
      expect(await tiny.ended).toBe(1);
      expect(Date.now() - before).toBeLessThan(12_000);
      expect(tiny.text()).toContain('"event":"service.stop.overdue"');
    }, 30_000);

    it('does not start with a broken configuration, and names all that is wrong', async () => {
      const tiny = begin({ DATABASE_URL: 'nonsense', HTTP_PORT: '-1' });
      expect(await tiny.ended).toBe(1);
      expect(tiny.text()).toMatch(/DATABASE_URL[\s\S]*HTTP_PORT|HTTP_PORT[\s\S]*DATABASE_URL/);
    }, 30_000);
  });
});
