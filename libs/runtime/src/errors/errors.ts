import { type Rejection } from '@balagh/decider';

/**
 * Failure kinds (design §3.15). Handlers throw these or any fault with `retriable`; one table per transport maps
 * them: gRPC status with google.rpc.ErrorInfo, HTTP problem details (RFC 9457), feed park/retry.
 */
export class InvalidMessage extends Error {
  readonly retriable = false;
  /** `problems` are paths and stable codes, never values. */
  constructor(
    readonly code: string,
    readonly problems: readonly { readonly path: string; readonly problem: string }[] = [],
  ) {
    super(code);
    this.name = 'InvalidMessage';
  }
}

export class AccessDenied extends Error {
  readonly retriable = false;
  constructor(
    readonly code:
      | 'TENANT_FOREIGN'
      | 'ACTION_NOT_PERMITTED'
      | 'CASE_FOREIGN'
      | 'LINE_ALREADY_HELD'
      | 'AGENCY_FOREIGN'
      | 'MODE_NOT_PERMITTED'
      | 'NOT_IN_CHANNEL_TEAM',
    readonly action: string,
    /** The case that was asked for, where the request does not name it itself. */
    readonly caseId?: string,
  ) {
    super(code);
    this.name = 'AccessDenied';
  }
}

/** 401 / UNAUTHENTICATED. */
export class Unauthenticated extends Error {
  readonly retriable = false;
  constructor(
    readonly code: 'TOKEN_INVALID' | 'CERTIFICATE_UNKNOWN' = 'TOKEN_INVALID',
    options?: ErrorOptions,
  ) {
    super(code, options);
    this.name = 'Unauthenticated';
  }
}

/** A decider's refusal on its way to a transport. */
export class Rejected extends Error {
  readonly retriable = false;
  constructor(readonly rejection: Rejection) {
    super(rejection.code);
    this.name = 'Rejected';
  }
  get code(): string {
    return this.rejection.code;
  }
}

/** A case that this caller is not told about: he hears what he would hear of one that does not exist; the record names the reason. */
export class CaseHidden extends Rejected {
  constructor(
    rejection: Rejection,
    readonly denial: AccessDenied,
  ) {
    super(rejection);
    this.name = 'CaseHidden';
  }
}

/** Too many calls from one address: 429 / RESOURCE_EXHAUSTED. */
export class RateExceeded extends Error {
  readonly retriable = false;
  readonly code = 'RATE_EXCEEDED';
  constructor(readonly retryAfterSeconds: number) {
    super('RATE_EXCEEDED');
    this.name = 'RateExceeded';
  }
}

/** The issuer's keys cannot be fetched: nobody can be recognised now. 503 / UNAVAILABLE, not 401. */
export class IssuerUnavailable extends Error {
  readonly retriable = true;
  readonly code = 'ISSUER_UNAVAILABLE';
  constructor(options?: ErrorOptions) {
    super('ISSUER_UNAVAILABLE', options);
    this.name = 'IssuerUnavailable';
  }
}
