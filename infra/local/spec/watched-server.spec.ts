import { type ChildProcess, spawn } from 'node:child_process';
import { eventually } from '@balagh/testing';
import { type Server, WatchedServer, isAlive } from '../src/watched-server';

/** A process that does nothing, as a server. */
function server(children: ChildProcess[]): Server {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1_000)'], { stdio: 'ignore' });
  children.push(child);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid ?? -1,
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

describe('a watched server', () => {
  const children: ChildProcess[] = [];
  const reported: string[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    reported.length = 0;
  });

  it('is started again when it was killed, also when the first attempts fail', async () => {
    let attempts = 0;
    const again = async (): Promise<Server> => {
      if ((attempts += 1) < 3) throw new Error('not yet');
      return server(children);
    };
    const watched = new WatchedServer('the server', server(children), again, (line) => reported.push(line));
    const first = watched.pid;
    process.kill(first, 'SIGKILL');
    await eventually(() => watched.pid !== first, { deadlineMs: 20_000 });
    expect(isAlive(watched.pid)).toBe(true);
    expect(attempts).toBe(3);
    expect(reported).toContain('the server: not yet');
    expect(reported.at(-1)).toBe('the server is back');
    await watched.stop();
    expect(isAlive(watched.pid)).toBe(false);
  }, 30_000);

  it('is started with growing pauses when it lived long and then does not come back', async () => {
    const now = Date.now.bind(Date);
    const attempts: number[] = [];
    const again = async (): Promise<Server> => {
      attempts.push(now());
      throw new Error('not yet');
    };
    const watched = new WatchedServer('the server', server(children), again, () => undefined);
    const later = jest.spyOn(Date, 'now').mockImplementation(() => now() + 61_000);
    process.kill(watched.pid, 'SIGKILL');
    await eventually(() => attempts.length >= 4, { deadlineMs: 70_000 });
    await watched.stop();
    later.mockRestore();
    expect((attempts[3] ?? 0) - (attempts[2] ?? 0)).toBeGreaterThan(750);
  }, 80_000);

  it('is not started again once it was stopped, and stays away while it is held', async () => {
    let attempts = 0;
    const again = async (): Promise<Server> => {
      attempts += 1;
      return server(children);
    };
    const watched = new WatchedServer('the server', server(children), again, () => undefined);
    watched.hold(60_000);
    process.kill(watched.pid, 'SIGKILL');
    await eventually(() => !isAlive(watched.pid), { deadlineMs: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 600));
    await watched.stop();
    expect(attempts).toBe(0);
  }, 30_000);
});
