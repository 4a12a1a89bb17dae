import { type CaseEventType, publishedFields, type Topic } from '@balagh/case-events';
import { type EventStore, commandEventId } from '@balagh/event-store';

/** Invented events whose data is of no interest: the feed looks at type, case and revision only. */
const data: Readonly<Partial<Record<CaseEventType, (caseId: string) => unknown>>> = {
  CaseOpened: (caseId) => ({ caseId, channel: 'PHONE', subjectId: caseId }),
  FormFilled: () => ({ form: { filled: [] } }),
  RequiredFieldsMissing: () => ({
    attempt: 1,
    missing: [{ field: 'category', ar: 'التصنيف', en: 'Category' }],
  }),
  JurisdictionAssessed: () => ({ result: 'IN', ruleId: 'R-1', inputs: {} }),
  FieldTeamSent: () => ({ teamId: 'TEAM-1' }),
};

const metadata = JSON.stringify({
  schemaVersion: 1,
  tenant: 'MUS',
  actor: { kind: 'system', id: 'specification', organisation: 'MUS' },
  line: 'system',
  recordedAt: '2026-01-04T06:00:00.000Z',
  occurredAt: '2026-01-04T06:00:00.000Z',
  correlationId: 'contact-1',
  causationId: 'command-1',
  commandId: 'command-1',
});

/** The n-th case of a specification. */
export const caseNumber = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Appends one event of each of these types, in this order. @returns the revision of the last */
export async function happen(
  store: EventStore,
  caseId: string,
  ...types: readonly CaseEventType[]
): Promise<number> {
  const stream = `case-${caseId}`;
  const known = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const next = known.kind === 'missing' ? 0 : known.lastRevision + 1;
  const events = types.map((type, i) => ({
    id: commandEventId(caseId, next + i),
    type,
    data: JSON.stringify(data[type]?.(caseId) ?? {}),
    metadata,
  }));
  const { revision } = await store.append(stream, next === 0 ? 'none' : next - 1, events);
  return revision;
}

/** Types of three topics and one that is not published, the same sequence every time. */
export function mixedTypes(count: number, seed: number): CaseEventType[] {
  const types: CaseEventType[] = [
    'RequiredFieldsMissing',
    'FormFilled',
    'JurisdictionAssessed',
    'FieldTeamSent',
  ];
  const next = sequence(seed);
  return Array.from({ length: count }, () => types[next(types.length)] ?? 'FormFilled');
}

export const topicOf = (type: CaseEventType): Topic | undefined => publishedFields[type]?.topic;

/** Numbers below a bound that look random and are the same every time. */
export function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
