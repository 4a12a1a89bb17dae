import { randomUUID } from 'node:crypto';
import { type AccessEvent, accessStream, caseStream, namedUuid, uuidSchema } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { createStreams } from '@balagh/event-store';
import { currentCall } from '../calls/call-context';
import { type AccessDenied } from '../errors/errors';
import { type Platform } from '../platform/platform';
import { DenialCounts, type Refused } from './denial-counts';
import { type Action } from './permissions';
import { type Principal, actorOf, lineOf } from './principal';

export interface Denial {
  readonly principal: Principal;
  readonly error: AccessDenied;
  /** What the caller asked for; anything. */
  readonly caseId: unknown;
}

/** A refusal at an open entrance, where nobody is known. */
export interface AnonymousDenial {
  /** As the address names it; kept only if there is such an organisation. */
  readonly tenant: string;
  /** Method and template of the route, never an address. */
  readonly action: string;
  readonly code: string;
}

/** Puts refusals on record beside the case, never in it (design §3.12, docs/adr/0023). */
export interface Denials {
  /** Never throws: an answer that says no must not fail because it could not be written down; that is logged as an error. */
  record(denial: Denial): Promise<void>;
  /** Citizens' refusals are counted and written together. */
  count(denial: AnonymousDenial): void;
  /** Writes what was counted. Never throws. */
  flush(): Promise<void>;
}

/** Nest injection token of the `Denials`. */
export const DENIALS = Symbol('balagh.denials');

/** Refusals being written at once; more are counted, so that a flood of them does not become a flood of writes. */
const mostAtOnce = 50;
const deadlineMs = 2_000;
/** Milliseconds that counts are held before they are written: what a killed process can lose. */
const countedForMs = 10_000;
/** Namespace of the streams of counts. */
const countsNamespace = '6d0f5a52-8b7e-4b0e-9d5c-0f6c1f1f7a31';

/** Access stream of what concerns no case: one per organisation, service and day (UTC). */
export function denialsStream(tenant: string, service: string, day: string): string {
  return accessStream(namedUuid(countsNamespace, JSON.stringify([tenant, service, day])));
}

/**
 * One `AccessDenied` in `access-<case id>` for each refusal of a known caller about a case that exists. Everything else (no such case,
 * a list, an anonymous caller, a flood) is counted and written as `AccessDenialsCounted`.
 */
export function createDenials(
  platform: Pick<Platform, 'service' | 'eventStore' | 'clock' | 'log' | 'profiles'>,
): Denials {
  const { service, eventStore, clock, log, profiles } = platform;
  const now = (): string => clock.now().toISOString();
  const streams = createStreams(eventStore, { author: 'access', now });
  const counts = new DenialCounts();
  let since = now();
  let timer: NodeJS.Timeout | undefined;
  let writing = 0;

  const counted = (refused: Refused, action: string, code: string): void => {
    if (timer === undefined) {
      since = now();
      timer = setTimeout(() => void flush(), countedForMs).unref();
    }
    counts.add(refused, action, code);
  };
  const tenantOf = async (caseId: string): Promise<string | undefined> => {
    const read = await eventStore.readStream(caseStream(caseId), { limit: 1, deadlineMs });
    const first = read.kind === 'found' ? read.events[0] : undefined;
    return first === undefined ? undefined : (JSON.parse(first.metadata) as { tenant: string }).tenant;
  };
  /** False: there is no such case. */
  const write = async ({ principal, error }: Denial, caseId: string): Promise<boolean> => {
    const tenant = await tenantOf(caseId);
    if (tenant === undefined) return false;
    const { code, action } = error;
    const denied: AccessEvent = { type: 'AccessDenied', data: { caseId, action, code } };
    const context = {
      ...contextOf({ tenant, actor: actorOf(principal), line: lineOf(principal, action as Action) }),
      correlationId: caseId,
    };
    await streams.execute<AccessEvent>(accessStream(caseId), context, () => accept(denied));
    return true;
  };
  const writeCounts = async (refused: Refused, event: AccessEvent): Promise<void> => {
    const stream = denialsStream(refused.tenant, service, now().slice(0, 10));
    await streams.execute<AccessEvent>(stream, contextOf(refused), () => accept(event));
  };
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const { tallies, lost } = counts.collect();
    if (lost > 0) log.error({ event: 'access.denial.unrecorded', count: lost });
    if (tallies.length === 0) return;
    const [from, to] = [since, now()];
    try {
      const tenants = await profiles.tenants();
      for (const { refused, denials } of tallies) {
        if (refused.actor.kind === 'reporter' && !tenants.includes(refused.tenant)) continue;
        const data = { from, to, denials: [...denials] };
        await writeCounts(refused, { type: 'AccessDenialsCounted', data });
      }
    } catch (err) {
      log.error({ event: 'access.denial.unrecorded', count: tallies.length, err });
    }
  };
  return {
    async record(denial) {
      const { principal, error } = denial;
      const count = (): void => {
        const tenant = principal.tenants[0] ?? principal.organisation;
        const line = lineOf(principal, error.action as Action);
        counted({ tenant, actor: actorOf(principal), line }, error.action, error.code);
      };
      const parsed = uuidSchema.safeParse(denial.caseId);
      if (!parsed.success || writing >= mostAtOnce) {
        count();
        return;
      }
      writing += 1;
      try {
        if (!(await write(denial, parsed.data))) count();
      } catch (err) {
        log.error({ event: 'access.denial.unrecorded', caseId: parsed.data, code: error.code, err });
      } finally {
        writing -= 1;
      }
    },
    count({ tenant, action, code }) {
      const actor = { kind: 'reporter', id: 'anonymous', organisation: tenant } as const;
      counted({ tenant, actor, line: '1' }, action, code);
    },
    flush,
  };
}

function contextOf(refused: Refused) {
  const commandId = randomUUID();
  const trace = currentCall()?.traceparent;
  return {
    ...{ ...refused, commandId, correlationId: commandId, causationId: commandId },
    ...(trace === undefined ? {} : { trace }),
  };
}
