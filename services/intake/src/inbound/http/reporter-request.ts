import { type Actor, uuidSchema } from '@balagh/case-events';
import { reject } from '@balagh/decider';
import { type CommandContext } from '@balagh/event-store';
import {
  type Clock,
  InvalidMessage,
  Rejected,
  commandContext,
  currentCall,
  namedUuid,
} from '@balagh/runtime';
import { type PublicFormHandler } from '../../application/public-form.handler';
import { type ReporterContext } from '../../application/submit-report.handler';

/** Headers of a reporter's request, lower case as Node gives them. */
export type ReporterHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Reporters stand at line 1's door and have no account. */
function reporter(tenant: string): Actor {
  return { kind: 'reporter', id: 'anonymous', organisation: tenant };
}

/** @throws Rejected `TENANT_UNKNOWN` (404) */
export async function knownTenant(forms: PublicFormHandler, tenant: string): Promise<string> {
  if (/^[A-Z][A-Z0-9-]{1,31}$/.test(tenant) && (await forms.knows(tenant))) return tenant;
  throw new Rejected(reject('TENANT_UNKNOWN', 'missing').rejection);
}

/** The `Idempotency-Key` header: a UUID chosen by the client for one write. @throws InvalidMessage */
export function idempotencyKey(headers: ReporterHeaders): string {
  const key = headers['idempotency-key'];
  if (key === undefined) throw new InvalidMessage('IDEMPOTENCY_KEY_REQUIRED');
  if (typeof key !== 'string' || !uuidSchema.safeParse(key).success)
    throw new InvalidMessage('IDEMPOTENCY_KEY_INVALID');
  return key.toLowerCase();
}

export function reportToken(headers: ReporterHeaders): string | undefined {
  const token = headers['report-token'];
  return typeof token === 'string' ? token : undefined;
}

/** @throws InvalidMessage `REPORT_ID_INVALID` */
export function validReportId(reportId: string): string {
  if (uuidSchema.safeParse(reportId).success) return reportId.toLowerCase();
  throw new InvalidMessage('REPORT_ID_INVALID');
}

export function reporterContext(tenant: string): ReporterContext {
  const trace = currentCall()?.traceparent;
  return { tenant, actor: reporter(tenant), line: '1', ...(trace !== undefined && { trace }) };
}

/** A later act on an open report; one client key may serve one act of each kind. */
export function actContext(
  act: string,
  on: { readonly tenant: string; readonly reportId: string; readonly key: string; readonly clock: Clock },
): CommandContext {
  const { tenant, reportId, key, clock } = on;
  const header = { commandId: namedUuid(key, `${reportId}:${act}`), tenant };
  return commandContext({ header, actor: reporter(tenant), line: '1', clock, caseId: reportId });
}
