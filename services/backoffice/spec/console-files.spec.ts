import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackofficeUnderTest } from './backoffice-under-test';

let directory: string;
let office: BackofficeUnderTest;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'balagh-console-'));
  mkdirSync(join(directory, 'assets'));
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>start</title>');
  writeFileSync(join(directory, 'assets/index-abc.js'), 'export {};');
  office = await BackofficeUnderTest.start(directory);
});
afterAll(async () => {
  await office.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('the console’s files', () => {
  const get = (path: string): Promise<Response> => fetch(`${office.origin}${path}`);

  it('with a hash in their name are kept for ever; the start page is always asked for again', async () => {
    const script = await get('/assets/index-abc.js');
    expect([script.status, script.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    const start = await get('/');
    expect([start.status, start.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  });

  it('answer every address of the console with the start page, but no missing file', async () => {
    expect(await (await get('/MUS/cases/1')).text()).toContain('<title>start</title>');
    expect((await get('/assets/index-old.js')).status).toBe(404);
    expect((await get('/assets/../../package.json')).headers.get('content-type')).toMatch(/html/);
  });

  it('run scripts from here only and may not be framed', async () => {
    const policy = (await get('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it('leave the services’ own addresses alone', async () => {
    expect((await get('/healthz')).status).toBe(200);
    const none = await get('/api/nothing');
    expect([none.status, none.headers.get('cache-control')]).toEqual([404, 'no-store']);
  });
});
