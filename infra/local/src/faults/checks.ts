import { type Acknowledged } from './load';
import { messageChecks } from './message-checks';

export interface Check {
  readonly what: string;
  /** Figures, for a person. */
  readonly found: string;
  readonly problems: readonly string[];
}

/** What the checks look at. A specification hands over doctored evidence and expects each check to say so. */
export interface Evidence {
  /** Asks the database, as its administrator. */
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** `npm run case -- verify`. */
  verify(): Promise<{ readonly ok: boolean; readonly said: string }>;
  /** Everything that reached a person, from the gateways’ own log. */
  received(): readonly Received[];
  /** How often a gateway was given a reference, as it counted itself. */
  submissions(): Promise<readonly Submissions[]>;
  /** Every alarm of a parked case so far. */
  alarms(): readonly Alarm[];
  /** Faults that nobody caught, of any process so far. */
  uncaught(): readonly Uncaught[];
}

export interface Alarm {
  readonly consumer: string;
  readonly caseId: string;
  readonly reason: string;
}

export interface Uncaught {
  readonly service: string;
  readonly event: string;
  readonly err?: { readonly code?: string; readonly message?: string };
}

export interface Received {
  readonly channel: string;
  readonly to: string;
  readonly text: string;
  readonly reference: string;
}

export interface Submissions {
  readonly channel: string;
  readonly reference: string;
  readonly attempts: number;
}

/** Everything that must hold of events and messages once the system is quiet again. */
export async function checkAll(
  evidence: Evidence,
  acknowledged: readonly Acknowledged[],
): Promise<readonly Check[]> {
  return [
    await acknowledgedArePresent(evidence, acknowledged),
    await versionsHaveNoGaps(evidence),
    await verified(evidence),
    await effectsHappenedOnce(evidence, acknowledged),
    onlyPoisonIsParked(evidence.alarms()),
    nobodyDiedOfAFault(evidence.uncaught()),
    ...(await messageChecks(evidence, acknowledged)),
  ];
}

async function acknowledgedArePresent(
  evidence: Evidence,
  acknowledged: readonly Acknowledged[],
): Promise<Check> {
  const rows = await evidence.query<{ stream: string; number: string }>(
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

async function versionsHaveNoGaps(evidence: Evidence): Promise<Check> {
  const [all] = await evidence.query<{ streams: string; events: string }>(
    'select count(*) as events, count(distinct stream) as streams from eventstore.events',
  );
  const rows = await evidence.query<{ stream: string }>(`
    select coalesce(s.stream, e.stream) as stream from eventstore.streams s
    full join (select stream, count(*) as n, max(revision) as last, min(revision) as first from eventstore.events group by stream) e using (stream)
    where s.stream is null or e.n is null or e.first <> 0 or e.n <> e.last + 1 or e.last <> s.revision`);
  return {
    what: 'versions of every stream have no gaps',
    found: `${all?.streams} streams, ${all?.events} events`,
    problems: rows.map(({ stream }) => `${stream} has gaps`),
  };
}

async function verified(evidence: Evidence): Promise<Check> {
  const { ok, said } = await evidence.verify();
  return {
    what: 'hash chains, schemas and the index verify (npm run case -- verify)',
    found: said.split('\n').at(-1) ?? '',
    problems: ok ? [] : [said],
  };
}

const askedFor = ['POISONED_BY_DRILL', 'MESSAGE_UNREADABLE'];

/** No other fault may park a case: all of them pass. And what the broker brings again parks it no second time. */
function onlyPoisonIsParked(alarms: readonly Alarm[]): Check {
  const unasked = alarms.filter(({ reason }) => !askedFor.includes(reason));
  const counted = new Map<string, number>();
  for (const { consumer, caseId, reason } of alarms) {
    const key = `${consumer} ${caseId} ${reason}`;
    counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  return {
    what: 'only poisoned cases were parked, each once',
    found: `${alarms.length} alarms of parked cases`,
    problems: [
      ...unasked.map(({ consumer, caseId, reason }) => `${consumer} parked ${caseId}: ${reason}`),
      ...[...counted].filter(([, times]) => times > 1).map(([key, times]) => `${key}: parked ${times} times`),
    ],
  };
}

/** A service that cannot begin while its store is away ends and is started again; one that runs must outlive every fault. */
function nobodyDiedOfAFault(uncaught: readonly Uncaught[]): Check {
  return {
    what: 'no process ended of a fault that nobody caught',
    found: `${uncaught.length} uncaught`,
    problems: uncaught.map(
      ({ service, event, err }) => `${service}: ${event} ${err?.code ?? ''} ${err?.message ?? ''}`,
    ),
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

async function effectsHappenedOnce(
  evidence: Evidence,
  acknowledged: readonly Acknowledged[],
): Promise<Check> {
  const rows = await evidence.query<{ stream: string; type: string; times: string }>(
    `select stream, type, count(*) as times from eventstore.events where category = 'case' and type = any($1) group by stream, type having count(*) > 1`,
    [oncePerCase],
  );
  const wanted = ['CaseOpened', 'CaseRegistered', 'CaseRouted', 'CaseSentToSecondLine', 'NotificationSent'];
  const missing = await evidence.query<{ stream: string; type: string }>(
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
