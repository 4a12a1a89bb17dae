import { type Check, type Evidence, type Received } from './checks';
import { type Acknowledged } from './load';

const numberIn = /[A-Z]{3,}-\d{4}-\d{6}/;

/** What must hold of messages to people: asked for once, submitted once, arrived once, and with the right number. */
export async function messageChecks(
  evidence: Evidence,
  acknowledged: readonly Acknowledged[],
): Promise<readonly Check[]> {
  return [
    await eachMessageWasAskedForOnce(evidence),
    await submissionsAreJustified(evidence),
    await submissionsWereWrittenDown(evidence),
    nobodyGotAMessageTwice(evidence.received()),
    reportersWereToldTheirNumber(evidence.received(), acknowledged),
  ];
}

async function eachMessageWasAskedForOnce(evidence: Evidence): Promise<Check> {
  const twice = await evidence.query<{ stream: string }>(`
    select stream from eventstore.events where type = 'NotificationRequested'
    group by stream, data::json->>'triggerRevision', data::json->>'template', data::json->>'recipient', data::json->>'recipientCode' having count(*) > 1`);
  const odd = await evidence.query<{ id: string; requested: number; outcomes: number }>(`
    select id, requested, outcomes from (
      select data::json->>'messageId' as id, (count(*) filter (where type = 'NotificationRequested'))::int as requested,
        (count(*) filter (where type <> 'NotificationRequested'))::int as outcomes
      from eventstore.events where type in ('NotificationRequested', 'NotificationSent', 'NotificationFailed') group by 1) m
    where requested <> 1 or outcomes <> 1`);
  const [counts] = await evidence.query<{ requested: string; sent: string; failed: string; none: string }>(`
    select count(*) filter (where type = 'NotificationRequested') as requested, count(*) filter (where type = 'NotificationSent') as sent,
      count(*) filter (where type = 'NotificationFailed') as failed,
      count(*) filter (where type = 'NotificationFailed' and data::json->>'reason' = 'UNREACHABLE_BY_MESSAGE') as none
    from eventstore.events where type like 'Notification%'`);
  return {
    what: 'every message was asked for once and has one outcome',
    found: `${counts?.requested} requested, ${counts?.sent} sent, ${counts?.failed} failed (${counts?.none} of them reach nobody by message)`,
    problems: [
      ...twice.map(({ stream }) => `${stream}: a message requested twice`),
      ...odd.map(
        ({ id, requested, outcomes }) => `message ${id}: ${requested} requests, ${outcomes} outcomes`,
      ),
    ],
  };
}

/** A second submission needs the certainty that the first did not arrive: a refusal between them. */
async function submissionsAreJustified(evidence: Evidence): Promise<Check> {
  const rows = await evidence.query<{ stream: string; types: string[] }>(`
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
  const of = (wanted: string): number =>
    rows.flatMap(({ types }) => types.filter((type) => type === wanted)).length;
  return {
    what: 'no message was submitted again while its outcome was unknown',
    found: `${rows.length} messages, ${of('MessageSubmitted')} submissions, ${of('MessageOutcomeUnknown')} unknown outcomes on the way`,
    problems: blind.map(({ stream, types }) => `${stream}: ${types.join(' → ')}`),
  };
}

/** The gateways’ own count: a submission that no event announced would be one made blindly. */
async function submissionsWereWrittenDown(evidence: Evidence): Promise<Check> {
  const rows = await evidence.query<{ channel: string; reference: string; times: number }>(`
    select data::json->>'channel' as channel, data::json->>'reference' as reference, count(*)::int as times
    from eventstore.events where type = 'MessageSubmitted' group by 1, 2`);
  const key = (channel: string, reference: string): string => `${channel} ${reference}`;
  const written = new Map(rows.map(({ channel, reference, times }) => [key(channel, reference), times]));
  const counted = await evidence.submissions();
  const more = counted.filter(
    ({ channel, reference, attempts }) => attempts > (written.get(key(channel, reference)) ?? 0),
  );
  return {
    what: 'gateways were given nothing that was not written down as submitted first',
    found: `${counted.reduce((sum, { attempts }) => sum + attempts, 0)} submissions counted by the gateways for ${counted.length} messages`,
    problems: more.map(
      ({ channel, reference, attempts }) =>
        `${channel} ${reference}: ${attempts} submissions, ${written.get(key(channel, reference)) ?? 0} written down`,
    ),
  };
}

function nobodyGotAMessageTwice(received: readonly Received[]): Check {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { channel, to, text, reference } of received) {
    const keys = [`${channel} reference ${reference}`];
    if (numberIn.test(text)) keys.push(`${channel} ${to} ${text}`);
    for (const key of keys) (seen.has(key) ? twice : seen).add(key);
  }
  return {
    what: 'nobody got a message twice',
    found: `${received.length} messages at the simulated gateways`,
    problems: [...twice].map((key) => `twice: ${key.slice(0, 100)}`),
  };
}

/** Every reporter of the load has a number of their own: a repeated request that made a second case would show here. */
function reportersWereToldTheirNumber(
  received: readonly Received[],
  acknowledged: readonly Acknowledged[],
): Check {
  const told = new Map<string, Set<string>>();
  for (const { to, text } of received) {
    const [number] = numberIn.exec(text) ?? [];
    if (number !== undefined) told.set(to, (told.get(to) ?? new Set()).add(number));
  }
  const wrong = acknowledged.filter(({ phone, caseNumber }) => {
    const numbers = told.get(phone);
    return numbers?.size !== 1 || !numbers.has(caseNumber);
  });
  return {
    what: 'every reporter was told the number that was acknowledged, and no other',
    found: `${acknowledged.length - wrong.length} of ${acknowledged.length} reporters`,
    problems: wrong.map(
      ({ phone, caseNumber }) =>
        `${caseNumber} was acknowledged, told was ${[...(told.get(phone) ?? ['nothing'])].join(', ')}`,
    ),
  };
}
