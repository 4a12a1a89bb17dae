// A writer to be killed: appends through the adapter at exact revisions, sends an append again until it is answered, and prints what was
// acknowledged, one line of JSON each.
// Usage: node crash-writer.mjs <url> <streams>
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

const { createPostgresEventStore } = createRequire(import.meta.url)('@balagh/event-store');
const [url, streams] = process.argv.slice(2);
const store = createPostgresEventStore({ connectionString: url, maxConnections: 4, silenceMs: 1_000 });
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

/** The answer, however often it has to be asked for; undefined for a lost race. */
async function answered(call) {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (error.code === 'REVISION_CONFLICT') return undefined;
      if (error.retriable !== true) throw error;
      await pause();
    }
  }
}

async function write() {
  for (;;) {
    const stream = `crash-${Math.floor(Math.random() * Number(streams))}`;
    const read = await answered(() =>
      store.readStream(stream, { direction: 'backwards', limit: 1, deadlineMs: 1_000 }),
    );
    const expected = read.kind === 'missing' ? 'none' : read.lastRevision;
    const events = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () => ({
      id: randomUUID(),
      type: 'NoteTaken',
      data: '{}',
      metadata: '{}',
    }));
    const result = await answered(() => store.append(stream, expected, events, { deadlineMs: 1_000 }));
    if (result === undefined) continue;
    const ids = events.map(({ id }) => id);
    process.stdout.write(`${JSON.stringify({ stream, revision: result.revision, ids })}\n`);
  }
}

await Promise.all([write(), write(), write(), write()]);
