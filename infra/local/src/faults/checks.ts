import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Drill } from './drill';
import { type Acknowledged } from './load';
import { readModels } from './read-models';

export interface Check {
  readonly what: string;
  /** Figures, for a person. */
  readonly found: string;
  readonly problems: readonly string[];
}

/** Everything that must hold of the data once the system is quiet again. */
export async function checkAll(
  drill: Drill,
  acknowledged: readonly Acknowledged[],
): Promise<readonly Check[]> {
  return [
    await acknowledgedArePresent(drill, acknowledged),
    await versionsHaveNoGaps(drill),
    await verified(drill),
    await effectsHappenedOnce(drill, acknowledged),
    await eachMessageWasAskedForOnce(drill),
    await submissionsAreJustified(drill),
    nobodyGotAMessageTwice(drill),
    await readModels(drill),
  ];
}

async function acknowledgedArePresent(drill: Drill, acknowledged: readonly Acknowledged[]): Promise<Check> {
  const rows = await drill.query<{ stream: string; number: string }>(
    `select stream, data::json->>'caseNumber' as number from eventstore.events where type = 'CaseRegistered'`,
  );
  const stored = new Map(rows.map(({ stream, number }) => [stream, number]));
  const lost = acknowledged.filter(({ caseId, caseNumber }) => stored.get(`case-${caseId}`) !== caseNumber);
  const numbers = rows.map(({ number }) => number);
  const shared = numbers.length - new Set(numbers).size;
  return {
    what: 'acknowledged reports are there with their numbers, and no number is given twice',
    found: `${acknowledged.length} acknowledged, ${rows.length} registered`,
    problems: [
      ...lost.map(({ caseNumber }) => `${caseNumber} was acknowledged and is not stored`),
      ...(shared > 0 ? [`${shared} numbers given twice`] : []),
    ],
  };
}

async function versionsHaveNoGaps(drill: Drill): Promise<Check> {
  const [all] = await drill.query<{ streams: string; events: string }>(
    'select count(*) as events, count(distinct stream) as streams from eventstore.events',
  );
  const rows = await drill.query<{ stream: string }>(`
    select s.stream from eventstore.streams s
    left join (select stream, count(*) as n, max(revision) as last, min(revision) as first from eventstore.events group by stream) e using (stream)
    where e.n is null or e.first <> 0 or e.n <> e.last + 1 or e.last <> s.revision`);
  return {
    what: 'versions of every stream have no gaps',
    found: `${all?.streams} streams, ${all?.events} events`,
    problems: rows.map(({ stream }) => `${stream} has gaps`),
  };
}

async function verified(drill: Drill): Promise<Check> {
  const { ok, said } = await drill.tool('services/history/dist/entrypoints/case.cli.js', 'verify');
  return {
    what: 'hash chains, schemas and the index verify (npm run case -- verify)',
    found: said.split('\n').at(-1) ?? '',
    problems: ok ? [] : [said],
  };
}

const oncePerCase = [
  'CaseOpened',
  'CaseRegistered',
  'CaseClassified',
  'CaseRouted',
  'CaseSentToSecondLine',
  'JurisdictionAssessed',
  'PriorityAssessed',
];

async function effectsHappenedOnce(drill: Drill, acknowledged: readonly Acknowledged[]): Promise<Check> {
  const rows = await drill.query<{ stream: string; type: string; times: string }>(
    `select stream, type, count(*) as times from eventstore.events where category = 'case' and type = any($1) group by stream, type having count(*) > 1`,
    [oncePerCase],
  );
  const wanted = ['CaseOpened', 'CaseRegistered', 'CaseRouted', 'CaseSentToSecondLine', 'NotificationSent'];
  const missing = await drill.query<{ stream: string; type: string }>(
    `select s.stream, w.type from unnest($1::text[]) s(stream) cross join unnest($2::text[]) w(type)
     where not exists (select from eventstore.events e where e.stream = s.stream and e.type = w.type)`,
    [acknowledged.map(({ caseId }) => `case-${caseId}`), wanted],
  );
  return {
    what: 'every effect of a consumer happened exactly once',
    found: `${acknowledged.length} cases went all the way to second line and message`,
    problems: [
      ...rows.map(({ stream, type, times }) => `${stream}: ${type} ${times} times`),
      ...missing.map(({ stream, type }) => `${stream}: no ${type}`),
    ],
  };
}

async function eachMessageWasAskedForOnce(drill: Drill): Promise<Check> {
  const twice = await drill.query<{ stream: string }>(`
    select stream from eventstore.events where type = 'NotificationRequested'
    group by stream, data::json->>'triggerRevision', data::json->>'template', data::json->>'recipient', data::json->>'recipientCode' having count(*) > 1`);
  const [counts] = await drill.query<{ requested: string; sent: string; failed: string }>(`
    select count(*) filter (where type = 'NotificationRequested') as requested, count(*) filter (where type = 'NotificationSent') as sent,
      count(*) filter (where type = 'NotificationFailed') as failed from eventstore.events`);
  const open = Number(counts?.requested) - Number(counts?.sent) - Number(counts?.failed);
  const [unreachable] = await drill.query<{ n: string }>(
    `select count(*) as n from eventstore.events where type = 'NotificationFailed' and data::json->>'reason' = 'UNREACHABLE_BY_MESSAGE'`,
  );
  return {
    what: 'every message was asked for once and has one outcome',
    found: `${counts?.requested} requested, ${counts?.sent} sent, ${counts?.failed} failed (${unreachable?.n} of them reach nobody by message)`,
    problems: [
      ...twice.map(({ stream }) => `${stream}: a message requested twice`),
      ...(open === 0 ? [] : [`${open} messages without an outcome`]),
    ],
  };
}

/** A second submission needs the certainty that the first did not arrive: a refusal between them. */
async function submissionsAreJustified(drill: Drill): Promise<Check> {
  const rows = await drill.query<{ stream: string; types: string[] }>(`
    select stream, array_agg(type order by revision) as types from eventstore.events where category = 'message' group by stream`);
  const blind = rows.filter(({ types }) => {
    const relevant = types.filter((type) =>
      ['MessageSubmitted', 'MessageRejected', 'MessageAccepted'].includes(type),
    );
    const unjustified = relevant.some(
      (type, at) => type === 'MessageSubmitted' && at > 0 && relevant[at - 1] !== 'MessageRejected',
    );
    return unjustified || types.filter((type) => type === 'MessageAccepted').length > 1;
  });
  const submitted = rows.flatMap(({ types }) => types.filter((type) => type === 'MessageSubmitted')).length;
  const unknown = rows.flatMap(({ types }) =>
    types.filter((type) => type === 'MessageOutcomeUnknown'),
  ).length;
  return {
    what: 'no message was submitted again while its outcome was unknown',
    found: `${rows.length} messages, ${submitted} submissions, ${unknown} unknown outcomes on the way`,
    problems: blind.map(({ stream, types }) => `${stream}: ${types.join(' → ')}`),
  };
}

function nobodyGotAMessageTwice(drill: Drill): Check {
  const file = join(drill.parts.dataDir, 'sent-messages.jsonl');
  const lines = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
  const received = lines.map(
    (line) => JSON.parse(line) as { channel: string; to: string; text: string; reference: string },
  );
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { channel, to, text, reference } of received) {
    const keys = [`${channel} reference ${reference}`];
    if (/[A-Z]{3,}-\d{4}-\d{6}/.test(text)) keys.push(`${channel} ${to} ${text}`);
    for (const key of keys) (seen.has(key) ? twice : seen).add(key);
  }
  return {
    what: 'nobody got a message twice',
    found: `${received.length} messages at the simulated gateways`,
    problems: [...twice].map((key) => `twice: ${key.slice(0, 100)}`),
  };
}
