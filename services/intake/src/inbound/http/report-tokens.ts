import { createHmac, timingSafeEqual } from 'node:crypto';
import { reject } from '@balagh/decider';
import { Rejected } from '@balagh/runtime';

/** Nest injection token of the `ReportTokens`. */
export const REPORT_TOKENS = Symbol('intake.report-tokens');

/**
 * The secret that lets a reporter complete an open report: an HMAC over organisation and case, so it is stored
 * nowhere and the same report always has the same token.
 */
export class ReportTokens {
  constructor(private readonly secret: string) {}

  tokenOf(tenant: string, reportId: string): string {
    return createHmac('sha256', this.secret)
      .update(JSON.stringify(['report', tenant, reportId]))
      .digest('base64url');
  }

  /** Before any look-up: a wrong token says nothing about whether the report exists. @throws Rejected `REPORT_TOKEN_INVALID` */
  verify(tenant: string, reportId: string, token: string | undefined): void {
    const expected = Buffer.from(this.tokenOf(tenant, reportId));
    const given = Buffer.from(token ?? '');
    if (given.length === expected.length && timingSafeEqual(given, expected)) return;
    throw new Rejected(reject('REPORT_TOKEN_INVALID', 'forbidden').rejection);
  }
}
