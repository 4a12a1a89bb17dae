import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { createStreams, eventStoreKinds, openEventStore } from '@balagh/event-store';
import { type Privacy, createFileKeyEncryption, createPrivacy } from '@balagh/privacy';
import { commandContext, readConfig, systemClock } from '@balagh/runtime';
import { Pool } from 'pg';
import { z } from 'zod';
import { RebuildIndex } from '../application/rebuild-index.handler';
import { ShowTrail } from '../application/show-trail.handler';
import { VerifyCases } from '../application/verify-cases.handler';
import { openHistoryParts } from '../history.parts';
import { caseCommand } from '../inbound/cli/case-arguments';
import { type CaseTools, type Terminal, answerAlone, runCaseCommand } from '../inbound/cli/case-cli';

const addressesSchema = z.object({
  DATABASE_URL: z.string(),
  EVENT_STORE: z.enum(eventStoreKinds).default('postgres'),
  EVENT_STORE_URL: z.string().optional(),
  KEYS_URL: z.string().optional(),
  KEK_FILE: z.string().optional(),
});
const endpointsSchema = z.object({
  eventStore: z.enum(eventStoreKinds),
  eventStoreUrl: z.string(),
  keysUrl: z.string(),
  kekFile: z.string(),
  services: z.object({ history: z.object({ databaseUrl: z.string() }) }),
});

/** The environment wins; otherwise what the launcher wrote about the running installation. */
function addresses(): z.infer<typeof addressesSchema> {
  if (process.env['DATABASE_URL']) return readConfig(addressesSchema);
  const file =
    process.env['BALAGH_ENDPOINTS'] ?? join(resolve(__dirname, '../../../..'), '.balagh', 'endpoints.json');
  if (!existsSync(file))
    throw new Error('nothing is running here: start it with npm start, or set DATABASE_URL');
  const running = endpointsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return {
    DATABASE_URL: running.services.history.databaseUrl,
    EVENT_STORE: running.eventStore,
    EVENT_STORE_URL: running.eventStoreUrl,
    KEYS_URL: running.keysUrl,
    KEK_FILE: running.kekFile,
  };
}

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
};

async function main(): Promise<number> {
  const command = caseCommand(process.argv.slice(2));
  const alone = answerAlone(command, terminal);
  if (alone !== undefined) return alone;
  const closings: (() => Promise<unknown>)[] = [];
  try {
    return await runCaseCommand(command, { ...terminal, ...(await openTools(addresses(), closings)) });
  } finally {
    await Promise.allSettled(closings.map((close) => close()));
  }
}

async function openTools(
  at: z.infer<typeof addressesSchema>,
  closings: (() => Promise<unknown>)[],
): Promise<CaseTools> {
  const store = openEventStore({
    kind: at.EVENT_STORE,
    url: at.EVENT_STORE_URL ?? at.DATABASE_URL,
    applicationName: 'balagh-case-cli',
    maxConnections: 3,
  });
  closings.push(() => store.close());
  const { index, close } = await openHistoryParts(at.DATABASE_URL);
  closings.push(close);
  const streams = createStreams(store, { author: 'access', now: () => systemClock.now().toISOString() });
  return {
    index,
    trails: new ShowTrail(store, streams, index, await openPrivacy(at, closings)),
    verification: new VerifyCases(store, index, systemClock),
    rebuilding: new RebuildIndex(store, index),
    viewer: (tenant) => {
      const header = { commandId: randomUUID(), tenant };
      const actor = { kind: 'staff', id: `operator:${userInfo().username}`, organisation: tenant } as const;
      return commandContext({ header, actor, line: 'system', clock: systemClock, caseId: header.commandId });
    },
  };
}

/** Without keys nothing can be opened, which is not the same as erased: asking for it is then an error. */
async function openPrivacy(
  at: z.infer<typeof addressesSchema>,
  closings: (() => Promise<unknown>)[],
): Promise<Pick<Privacy, 'openOrErased'>> {
  if (at.KEYS_URL === undefined || at.KEK_FILE === undefined) {
    return { openOrErased: () => Promise.reject(new Error('--reveal needs KEYS_URL and KEK_FILE')) };
  }
  const pool = new Pool({ connectionString: at.KEYS_URL, max: 2 });
  closings.push(() => pool.end());
  return createPrivacy({
    pool,
    keyEncryption: await createFileKeyEncryption(at.KEK_FILE, { mode: 'production' }),
  });
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
