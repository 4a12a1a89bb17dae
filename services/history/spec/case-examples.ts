import { type Author, type CaseEvent } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { type CommandContext, type EventStore, createStreams } from '@balagh/event-store';

const uuid = (prefix: string, n: number): string => `${prefix}-0000-4000-8000-${String(n).padStart(12, '0')}`;
const caseId = (n: number): string => uuid('ca5e0000', n);
const minute = (n: number): string =>
  new Date(Date.parse('2026-03-01T08:00:00.000Z') + n * 60_000).toISOString();

interface Step {
  readonly author: Author;
  readonly line: CommandContext['line'];
  readonly event: CaseEvent;
}

/** S3 as events: a water note, transferred to an agency, answered, told, closed. One event a minute from 08:00. */
export function waterNote(n: number, number = `MUS-2026-${String(n).padStart(6, '0')}`): readonly Step[] {
  const sealed = `sealed:v1:${uuid('50b0000f', n)}:ZXhhbXBsZQ`;
  const owner = { kind: 'AGENCY', code: 'HAYA_WATER' } as const;
  const ruled = { ruleId: 'CATEGORY_WATER', inputs: { category: 'WATER_LEAK' } };
  const at = minute(2);
  const step = (author: Author, line: Step['line'], event: CaseEvent): Step => ({ author, line, event });
  return [
    step('intake', '1', {
      type: 'CaseOpened',
      data: { caseId: caseId(n), channel: 'MOBILE_APP', subjectId: uuid('50b0000f', n) },
    }),
    step('intake', '1', {
      type: 'FormFilled',
      data: {
        form: { caseType: 'NOTE', category: 'WATER_LEAK', details: sealed, filled: ['category', 'details'] },
      },
    }),
    step('intake', '1', {
      type: 'CaseRegistered',
      data: {
        caseNumber: number,
        caseType: 'NOTE',
        category: 'WATER_LEAK',
        channel: 'MOBILE_APP',
        language: 'ar',
        needFlags: [],
        attachments: 0,
        reachableBy: ['EMAIL'],
        requiredFields: 'COMPLETE',
        registeredAt: at,
        clockStart: at,
      },
    }),
    step('routing', 'system', { type: 'JurisdictionAssessed', data: { result: 'IN', ...ruled } }),
    step('routing', 'system', {
      type: 'CaseClassified',
      data: { category: 'WATER_LEAK', sector: 'WATER', ...ruled },
    }),
    step('routing', 'system', {
      type: 'PriorityAssessed',
      data: { priority: 'HIGH', handlingClass: 'STANDARD', ...ruled },
    }),
    step('routing', 'system', {
      type: 'CaseRouted',
      data: { owner, secondLineQueue: 'LINE2_MAIN', ...ruled },
    }),
    step('dispatch', 'system', {
      type: 'CaseSentToSecondLine',
      data: { queue: 'LINE2_MAIN', proposedOwner: owner },
    }),
    step('dispatch', '2', {
      type: 'CaseTransferred',
      data: {
        transferId: uuid('7a000000', n),
        agency: 'HAYA_WATER',
        agencyAr: 'حيا للمياه',
        agencyEn: 'Haya Water',
        mode: 'TRANSFER',
        transports: ['EMAIL'],
        dueAt: minute(10_000),
      },
    }),
    step('dispatch', 'partner', { type: 'Acknowledged', data: { source: 'HAYA_WATER' } }),
    step('dispatch', 'partner', {
      type: 'ResolutionReturned',
      data: { resolutionId: uuid('7e000000', n), source: 'HAYA_WATER', resolution: sealed, result: 'SOLVED' },
    }),
    step('dispatch', '2', { type: 'ReporterInformed', data: { channel: 'EMAIL', outcome: 'REACHED' } }),
    step('dispatch', '2', { type: 'CaseClosed', data: { outcome: 'RESOLVED', closedAt: minute(12) } }),
  ];
}

/** Appends the steps of a case as the services would: one command each, chained. Returns the case id. */
export async function play(
  store: EventStore,
  n: number,
  steps: readonly Step[] = waterNote(n),
  tenant = 'MUS',
): Promise<string> {
  const id = caseId(n);
  let from = (await createStreams(store, { author: 'intake', now: () => minute(0) }).load(`case-${id}`))
    .events.length;
  for (const { author, line, event } of steps.slice(from)) {
    const now = minute(from);
    const context: CommandContext = {
      commandId: uuid(`c0${String(from).padStart(6, '0')}`, n),
      tenant,
      actor:
        line === 'system'
          ? { kind: 'system', id: author, organisation: tenant }
          : { kind: 'staff', id: `line${line}.agent`, organisation: tenant },
      line,
      channel: 'MOBILE_APP',
      correlationId: id,
      causationId: id,
      profileVersion: 1,
    };
    await createStreams(store, { author, now: () => now }).execute(`case-${id}`, context, () =>
      accept(event),
    );
    from += 1;
  }
  return id;
}
