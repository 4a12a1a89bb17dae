import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const orphan = pathToFileURL(join(__dirname, '../orphan.mjs')).href;

describe('a server that was left behind', () => {
  let folder: string;
  let child: ChildProcess;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'balagh-orphan-'));
  });
  afterEach(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a program under that name over that folder, then stops what the folder's pid file names. */
  async function stopped(name: string, over: string): Promise<void> {
    const program = 'console.log("up"); setInterval(() => undefined, 1_000)';
    child = spawn(process.execPath, ['-e', program, '--', '-D', over, '-p', '1'], { argv0: name });
    await once(child.stdout!, 'data');
    const file = join(folder, 'postmaster.pid');
    writeFileSync(file, `${child.pid}\n${folder}\n`);
    const script = `import { stopOrphan } from ${JSON.stringify(orphan)}; stopOrphan(${JSON.stringify(file)});`;
    execFileSync(process.execPath, ['--input-type=module', '-e', script]);
  }

  it('is ended', async () => {
    await stopped('postgres', folder);
    if (child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGQUIT');
  });

  it.each([
    ['another program', 'editor', () => folder],
    ['the server of another folder', 'postgres', () => `${folder}-2`],
  ])('is not %s that has its number now', async (_, name, over) => {
    await stopped(name, over());
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.signalCode).toBe('SIGTERM');
  });
});
