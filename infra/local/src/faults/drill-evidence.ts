import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Alarm, type Evidence, type Received, type Submissions, type Uncaught } from './checks';
import { type Drill } from './drill';

const answerWithinMs = 15_000;

/** What the checks look at, of a running system: the database, the tools, the gateways and the logs. */
export function evidenceOf(drill: Drill): Evidence {
  return {
    query: (sql, values) => drill.query(sql, values),
    verify: () => drill.tool('services/history/dist/entrypoints/case.cli.js', 'verify'),
    received: () => {
      const file = join(drill.parts.dataDir, 'sent-messages.jsonl');
      return existsSync(file)
        ? readFileSync(file, 'utf8')
            .split('\n')
            .flatMap(parsed<Received>)
        : [];
    },
    submissions: async () => {
      const answer = await fetch(`${drill.endpoints.simulatorsUrl}/messages?limit=10000`, {
        signal: AbortSignal.timeout(answerWithinMs),
      });
      return ((await answer.json()) as { messages: readonly Submissions[] }).messages;
    },
    alarms: () => alarmsOf(drill),
    uncaught: () => linesOf<Uncaught>(drill, /"event":"process\.(uncaught-exception|unhandled-rejection)"/),
  };
}

/** What was said when cases were parked, by any consumer. */
export function alarmsOf(drill: Drill): readonly Alarm[] {
  return linesOf<Alarm>(drill, /"event":"feed\.case\.parked"/);
}

function linesOf<T>(drill: Drill, wanted: RegExp): readonly T[] {
  return drill.services
    .flatMap((service) => drill.logOf(service))
    .filter((line) => wanted.test(line))
    .flatMap(parsed<T>);
}

/** A line cut short by a kill is left out. */
function parsed<T>(line: string): T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
