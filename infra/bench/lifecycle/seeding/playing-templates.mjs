import { caughtUp } from '../catching-up.mjs';
import { withChild } from '../child.mjs';
import { withClient } from '../database.mjs';
import { withRunningSystem } from '../running-system.mjs';
import { verifyPlayed } from '../verification.mjs';

const [lookEveryMs, concurrency, settledWithinMs] = [50, 8, 120_000];

/**
 * Plays cases through the public interfaces until nothing of them is under way any more. Without photos: their files lie beside the
 * database and would have to be copied and sealed too. @returns their ids
 */
export async function playTemplates({ dataDir, count, say }) {
  say(`${count} cases are played`);
  return withRunningSystem({ dataDir, kafka: false, say }, ({ endpoints }) =>
    withChild('../driver.child.mjs', import.meta.url, (driver) =>
      playThem({ driver, endpoints, count, say }),
    ),
  );
}

async function playThem({ driver, endpoints, count, say }) {
  const url = endpoints.adminDatabaseUrl;
  await driver.ask({ kind: 'open', endpoints });
  const { done, failures } = await driver.ask(
    { kind: 'play', cases: count, concurrency, photos: 0, lookEveryMs },
    ({ closed }) => say(`  ${closed} of ${count}`),
  );
  if (failures.length > 0) throw new Error(`cases failed: ${failures.slice(0, 3).join('; ')}`);
  await settled(url);
  await caughtUp(endpoints);
  const { problems } = await verifyPlayed(url, done);
  if (problems.length > 0)
    throw new Error(`the played cases are not valid: ${problems.slice(0, 5).join('; ')}`);
  return done.map(({ caseId }) => caseId);
}

/** No message is asked after any more. */
async function settled(url) {
  for (
    const end = Date.now() + settledWithinMs;
    Date.now() < end;
    await new Promise((r) => setTimeout(r, 500))
  ) {
    const open = await withClient(
      url,
      async (client) =>
        (await client.query('select count(*)::int as n from notification.message where due_at is not null'))
          .rows[0].n,
    );
    if (open === 0) return;
  }
  throw new Error('messages of the played cases did not settle');
}
