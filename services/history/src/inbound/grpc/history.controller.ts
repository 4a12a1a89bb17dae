import { randomUUID } from 'node:crypto';
import { history } from '@balagh/contracts';
import { reject } from '@balagh/decider';
import { type CommandContext } from '@balagh/event-store';
import {
  AccessDenied,
  type Action,
  CaseHidden,
  InvalidMessage,
  PLATFORM,
  type Platform,
  type Principal,
  Rejected,
  actorOf,
  authorise,
  commandContext,
  decodePageToken,
  encodePageToken,
  lineOf,
  pageSize,
  permits,
  principalOfCall,
} from '@balagh/runtime';
import { type Metadata } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { Observable } from 'rxjs';
import { z } from 'zod';
import { CASE_INDEX, type CaseIndex, mostCounted } from '../../application/case-index.port';
import { ShowTrail } from '../../application/show-trail.handler';
import { VerifyCases } from '../../application/verify-cases.handler';
import { summaryMessage, trailMessage } from './history-messages';

const pageKey = z.object({
  registeredAt: z.union([z.iso.datetime(), z.literal('-infinity')]),
  caseId: z.uuid(),
});
const instant = z.iso.datetime({ offset: true });

/** Read-only, for auditors and officials. Who looked, and who was refused, is on record before an answer leaves. */
@Controller()
export class HistoryController {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(ShowTrail) private readonly trails: ShowTrail,
    @Inject(VerifyCases) private readonly verification: VerifyCases,
    @Inject(CASE_INDEX) private readonly index: CaseIndex,
  ) {}

  @GrpcMethod('History', 'GetTrail')
  async getTrail(request: history.GetTrailRequest, metadata: Metadata): Promise<history.Trail> {
    const principal = principalOfCall(metadata);
    await this.permit(principal, request, 'case.replay');
    if (request.reveal) await this.permit(asReplaying(principal), request, 'case.reveal');
    if (request.case === '')
      throw new InvalidMessage('TRAIL_REQUEST_INVALID', [{ path: 'case', problem: 'REQUIRED' }]);
    if (request.at !== '' && !instant.safeParse(request.at).success) {
      throw new InvalidMessage('TRAIL_REQUEST_INVALID', [{ path: 'at', problem: 'NOT_AN_INSTANT' }]);
    }
    const trail = await this.trails.show(
      {
        tenant: request.tenant,
        case: request.case,
        reveal: request.reveal,
        ...(request.at === '' ? {} : { at: request.at }),
        ...(request.version === 0 ? {} : { version: request.version }),
      },
      this.viewerOf(principal, request.tenant),
    );
    if (trail === undefined) throw await this.nothingHere(request.case);
    return trailMessage(trail);
  }

  @GrpcMethod('History', 'ListCases')
  async listCases(request: history.ListCasesRequest, metadata: Metadata): Promise<history.ListCasesResponse> {
    authorise(principalOfCall(metadata), 'case.replay', request.tenant);
    const { tenant, stage, category, numberPrefix } = request;
    const after = decodePageToken(pageKey, request.pageToken);
    const limit = pageSize(request.pageSize);
    const page = await this.index.list({
      tenant,
      limit,
      countUpTo: mostCounted,
      ...(stage === '' ? {} : { stage }),
      ...(category === '' ? {} : { category }),
      ...(numberPrefix === '' ? {} : { numberPrefix }),
      ...(after === undefined ? {} : { after }),
    });
    const last = page.rows.length === limit ? page.rows.at(-1) : undefined;
    return {
      cases: page.rows.map(summaryMessage),
      total: page.total,
      more: page.more,
      nextPageToken:
        last === undefined
          ? ''
          : encodePageToken({ registeredAt: last.registeredAt ?? '-infinity', caseId: last.caseId }),
    };
  }

  @GrpcMethod('History', 'VerifyCases')
  verifyCases(
    request: history.VerifyCasesRequest,
    metadata: Metadata,
  ): Observable<history.VerifyCasesResponse> {
    const principal = principalOfCall(metadata);
    const tenants = request.tenant === '' ? principal.tenants : [request.tenant];
    for (const tenant of tenants) authorise(principal, 'case.replay', tenant);
    return new Observable((subscriber) => {
      const progress = this.verification.verify(tenants);
      void (async () => {
        try {
          for await (const { streamsChecked, eventsChecked, faults, done } of progress) {
            if (subscriber.closed) return;
            subscriber.next({
              streamsChecked: String(streamsChecked),
              eventsChecked: String(eventsChecked),
              faults: faults.map((fault) => ({ ...fault, revision: String(fault.revision) })),
              done,
            });
          }
          subscriber.complete();
        } catch (error) {
          subscriber.error(error);
        }
      })();
    });
  }

  /** A foreign tenant's case does not exist for the caller; every refusal names the case, so that it goes on record beside it. */
  private async permit(
    principal: Principal,
    request: history.GetTrailRequest,
    action: Action,
  ): Promise<void> {
    try {
      authorise(principal, action, request.tenant);
    } catch (error) {
      if (!(error instanceof AccessDenied)) throw error;
      const denial = new AccessDenied(error.code, action, await this.asked(request.case));
      throw error.code === 'TENANT_FOREIGN' ? new CaseHidden(notFound().rejection, denial) : denial;
    }
  }

  private async nothingHere(numberOrId: string): Promise<Rejected> {
    const caseId = await this.asked(numberOrId);
    const { rejection } = notFound();
    return caseId === undefined
      ? new Rejected(rejection)
      : new CaseHidden(rejection, new AccessDenied('TENANT_FOREIGN', 'case.replay', caseId));
  }

  private asked(numberOrId: string): Promise<string | undefined> {
    return numberOrId === '' ? Promise.resolve(undefined) : this.trails.caseIdOf(numberOrId);
  }

  private viewerOf(principal: Principal, tenant: string): CommandContext {
    const { clock } = this.platform;
    const header = { commandId: randomUUID(), tenant };
    return commandContext({
      header,
      actor: actorOf(principal),
      line: lineOf(principal, 'case.replay'),
      clock,
      caseId: header.commandId,
    });
  }
}

/** With the roles that read history alone: what others reveal for their own work opens nothing here. */
function asReplaying(principal: Principal): Principal {
  return { ...principal, roles: principal.roles.filter((role) => permits([role], 'case.replay')) };
}

function notFound(): Rejected {
  return new Rejected(reject('CASE_NOT_FOUND', 'missing').rejection);
}
