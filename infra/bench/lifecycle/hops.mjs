// What passes between one service’s event and the next one’s, by the times at which the store took them.
import { withClient } from './database.mjs';
import { percentiles } from './percentiles.mjs';

const hops = {
  'registered → routed': ['CaseRegistered', 'CaseRouted'],
  'routed → second line': ['CaseRouted', 'CaseSentToSecondLine'],
  'registered → first message accepted': ['CaseRegistered', 'NotificationSent'],
  'reply issued → reporter informed': ['ReplyIssued', 'ReporterInformed'],
};

const sql = `
  select stream, type, extract(epoch from min(stored_at)) * 1000 as at from eventstore.events
  where stream = any($1) and type = any($2) group by stream, type`;

/** Milliseconds of each hop over these cases. */
export async function hopsOf(url, cases) {
  const types = [...new Set(Object.values(hops).flat())];
  const streams = cases.map(({ caseId }) => `case-${caseId}`);
  const { rows } = await withClient(url, (client) => client.query(sql, [streams, types]));
  const at = new Map(rows.map((row) => [`${row.stream} ${row.type}`, Number(row.at)]));
  return Object.fromEntries(
    Object.entries(hops).map(([name, [from, to]]) => [
      name,
      percentiles(
        streams.flatMap((stream) => {
          const [begun, ended] = [at.get(`${stream} ${from}`), at.get(`${stream} ${to}`)];
          return begun === undefined || ended === undefined ? [] : [ended - begun];
        }),
      ),
    ]),
  );
}

/**
 * The machine's part of the way from registration to the agency, as people see it: from the citizen's answer until the case stands in the
 * second line's queue, and from the distributor's answer until the agency's list shows the transfer.
 */
export function machineHops(cases) {
  return {
    'registration → second line’s queue': percentiles(cases.map(({ took }) => took.queued)),
    'transfer → agency’s list': percentiles(cases.map(({ took }) => took.listed)),
    'sum: registration → agency': percentiles(cases.map(({ took }) => took.queued + took.listed)),
  };
}
