import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below the ports that operating systems give to outgoing connections (Linux from 32768, others from 49152). */
const firstPort = 10_240;
const blocks = 352;
/** Ports of a block. Its first one is held for as long as the process lives: it says to other processes whose block it is. */
const blockSize = 64;

let block: { readonly first: number; readonly holder: Server } | undefined;
let taken = 0;

/**
 * A TCP port on loopback that was free a moment ago and that no other call got, here or in another process that asks this
 * function. No outgoing connection gets it before its server does, or while its server is being started again. Chance alone
 * (any free port, several systems starting at once) gave two services of one system the same port in one start of fifty.
 * @throws when no block of ports is free in fifty attempts
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const offset = (taken += 1);
    if (block === undefined || offset >= blockSize) {
      await claimBlock();
      continue;
    }
    const port = block.first + offset;
    if (await canListen(port)) return port;
  }
}

let claiming: Promise<void> | undefined;

/** One claim at a time, however many calls wait for it. */
function claimBlock(): Promise<void> {
  claiming ??= claim().finally(() => (claiming = undefined));
  return claiming;
}

async function claim(): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const first = firstPort + randomInt(blocks) * blockSize;
    const holder = await listen(first);
    if (holder === undefined) continue;
    holder.unref();
    block = { first, holder };
    taken = 0;
    return;
  }
  throw new Error(`no free block of ports between ${firstPort} and ${firstPort + blocks * blockSize - 1}`);
}

/** Whether nobody listens on a port of loopback at this moment. */
export async function canListen(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server === undefined) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
