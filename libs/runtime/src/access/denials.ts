import { randomUUID } from 'node:crypto';
import { type AccessEvent, accessStream, caseStream, uuidSchema } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { createStreams } from '@balagh/event-store';
import { currentCall } from '../calls/call-context';
import { type AccessDenied } from '../errors/errors';
import { type Platform } from '../platform/platform';
import { type Action } from './permissions';
import { type Principal, actorOf, lineOf } from './principal';

export interface Denial {
  readonly principal: Principal;
  readonly error: AccessDenied;
  /** What the caller asked for; anything. */
  readonly caseId: unknown;
}

/** Puts refusals of known callers on record beside the case, never in it (design §3.12). */
export interface Denials {
  /** Never throws: an answer that says no must not fail because it could not be written down; that is logged as an error. */
  record(denial: Denial): Promise<void>;
}

/** Nest injection token of the `Denials`. */
export const DENIALS = Symbol('balagh.denials');

/** Refusals being written at once; more are logged only, so that a flood of them does not become a flood of writes. */
const mostAtOnce = 50;
const deadlineMs = 2_000;

/** One `AccessDenied` in `access-<case id>` for each refusal about a case that exists; about others there is nothing to protect. */
export function createDenials(platform: Pick<Platform, 'eventStore' | 'clock' | 'log'>): Denials {
  const { eventStore, clock, log } = platform;
  const streams = createStreams(eventStore, { author: 'access', now: () => clock.now().toISOString() });
  let writing = 0;
  const tenantOf = async (caseId: string): Promise<string | undefined> => {
    const read = await eventStore.readStream(caseStream(caseId), { limit: 1, deadlineMs });
    const first = read.kind === 'found' ? read.events[0] : undefined;
    return first === undefined ? undefined : (JSON.parse(first.metadata) as { tenant: string }).tenant;
  };
  const write = async ({ principal, error }: Denial, caseId: string): Promise<void> => {
    const tenant = await tenantOf(caseId);
    if (tenant === undefined) return;
    const { code, action } = error;
    const commandId = randomUUID();
    const trace = currentCall()?.traceparent;
    const context = {
      ...{ commandId, tenant, actor: actorOf(principal), line: lineOf(principal, action as Action) },
      ...{ correlationId: caseId, causationId: commandId, ...(trace === undefined ? {} : { trace }) },
    };
    const denied: AccessEvent = { type: 'AccessDenied', data: { caseId, action, code } };
    await streams.execute<AccessEvent>(accessStream(caseId), context, () => accept(denied));
  };
  return {
    async record(denial) {
      const parsed = uuidSchema.safeParse(denial.caseId);
      if (!parsed.success) return;
      if (writing >= mostAtOnce) {
        log.error({ event: 'access.denial.unrecorded', caseId: parsed.data, code: denial.error.code });
        return;
      }
      writing += 1;
      try {
        await write(denial, parsed.data);
      } catch (err) {
        log.error({ event: 'access.denial.unrecorded', caseId: parsed.data, code: denial.error.code, err });
      } finally {
        writing -= 1;
      }
    },
  };
}
