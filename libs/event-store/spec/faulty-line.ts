import { type Server, type Socket, connect, createServer } from 'node:net';

/**
 * What the line between an adapter and its server does with bytes: pass them; swallow the answers (`mute`); swallow everything
 * (`blackhole`); cut and refuse (`down`). A connection that was once swallowed stays dead, as behind a failed router.
 */
export type LineMode = 'through' | 'mute' | 'blackhole' | 'down';

export interface FaultyLine {
  readonly port: number;
  set(mode: LineMode): void;
  /** Resets every connection; new ones behave as the mode says. */
  cut(): void;
  /** Bytes of answers that reached the adapter. */
  readonly delivered: () => number;
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A TCP line on loopback to `target`, for contracts about servers that hang, vanish and come back. */
export async function openFaultyLine(target: {
  readonly host: string;
  readonly port: number;
}): Promise<FaultyLine> {
  let mode: LineMode = 'through';
  let delivered = 0;
  const open = new Set<Socket>();
  const dead = new WeakSet<Socket>();
  const server: Server = createServer((near) => {
    if (mode === 'down') return void near.destroy();
    const far = connect(target.port, target.host);
    open.add(near);
    const end = (): void => {
      open.delete(near);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    near.on('data', (bytes) => {
      if (mode === 'blackhole') dead.add(near);
      if (!dead.has(near)) far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (mode !== 'through') dead.add(near);
      if (dead.has(near)) return;
      delivered += bytes.length;
      // The adapter's pace is the server's pace: what nobody takes is not asked for.
      if (!near.write(bytes)) {
        far.pause();
        near.once('drain', () => far.resume());
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cut = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    set(next) {
      mode = next;
      if (mode === 'down') cut();
    },
    cut,
    delivered: () => delivered,
    connections: () => open.size,
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
}
