import { EventNewer } from '@balagh/case-events';

/** Whether trying again may help: everything but what says `retriable: false`. */
function isRetriable(error: unknown): boolean {
  return !(typeof error === 'object' && error !== null && 'retriable' in error && error.retriable === false);
}

/**
 * Whether the fault parks the case, so that the others go on: what trying again never mends, and an event that only a newer version knows. That
 * one passes with the upgrade, but a consumer that waited for it would hold up every case until then.
 */
export function parksCase(error: unknown): boolean {
  return !isRetriable(error) || error instanceof EventNewer;
}

/** Stable code of a fault for logs and parked cases: its `code`, else its class name; never its message. */
export function faultCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'FAULT';
  if ('code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,99}$/.test(error.code))
    return error.code;
  return error instanceof Error ? error.name : 'FAULT';
}

/** A redrive of the same case is under way, here or on another replica. */
export class RedriveInProgress extends Error {
  readonly retriable = true;
  readonly code = 'REDRIVE_IN_PROGRESS';
  constructor(readonly caseId: string) {
    super('REDRIVE_IN_PROGRESS');
    this.name = 'RedriveInProgress';
  }
}
