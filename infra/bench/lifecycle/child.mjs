import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { undoneBy } from './interruption.mjs';

/** A process of the bench for the length of `work`: one order, one answer, in turn. `module` is a file beside the caller's. */
export async function withChild(module, base, work, env = {}) {
  const child = startChild(module, base, env);
  return undoneBy(child.end, () => work(child)).finally(child.end);
}

function startChild(module, base, env) {
  const child = fork(fileURLToPath(new URL(module, base)), [], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return {
    pid: child.pid,
    /** @throws what the child says went wrong, or that it ended */
    ask: (order, onProgress = () => undefined) =>
      new Promise((resolve, reject) => {
        const ended = (code) => reject(new Error(`${module} ended with ${code}`));
        const heard = (message) => {
          if (message.progress !== undefined) return onProgress(message.progress);
          child.off('exit', ended).off('message', heard);
          if (message.error === undefined) resolve(message.answer);
          else reject(new Error(message.error));
        };
        child.on('message', heard).once('exit', ended);
        child.send(order);
      }),
    end: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

/** The other side: answers orders by kind, ends when the parent lets go. */
export function serveOrders(handlers, close = async () => undefined) {
  // Once the parent has let go, nobody hears us.
  const tell = (message) => void (process.connected && process.send(message, () => undefined));
  process.on('message', ({ kind, ...order }) => {
    handlers[kind](order, (progress) => tell({ progress })).then(
      (answer) => tell({ answer }),
      (error) => tell({ error: explain(error) }),
    );
  });
  // Ctrl-C reaches the whole group: the parent decides when we end.
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => close().finally(() => process.exit(0)));
}

function explain(error) {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined
    ? (error.stack ?? error.message)
    : `${error.stack} ← ${explain(error.cause)}`;
}
