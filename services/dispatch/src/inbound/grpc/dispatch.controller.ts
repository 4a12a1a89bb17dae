import { type Metadata } from '@grpc/grpc-js';
import { type common, dispatch } from '@balagh/contracts';
import { AccessDenied, type Principal, principalOfCall } from '@balagh/runtime';
import { Controller, Inject } from '@nestjs/common';
import { AnsweringHandler } from '../../application/answering.handler';
import { ConfrontationHandler } from '../../application/confrontation.handler';
import { DeliveryHandler } from '../../application/delivery.handler';
import { FieldWorkHandler } from '../../application/field-work.handler';
import { ListQueueHandler } from '../../application/list-queue.handler';
import { type Call } from '../../application/staff-command';
import { entryMessage } from './queue-entry.message';
import { channelOf, codeOf, dayOf, idOf, list, oneOf, ownerOf, reference, text } from './request-reading';

type Result = Promise<common.CommandResult>;

const callOf = (
  request: { header?: common.CommandHeader | undefined; caseId: string },
  metadata: Metadata,
): Call => ({
  header: request.header,
  principal: staffOf(metadata),
  caseId: idOf(request.caseId),
});

/** Agencies have an entrance of their own; here their relation to a case would go unchecked. */
function staffOf(metadata: Metadata): Principal {
  const principal = principalOfCall(metadata);
  if (principal.kind !== 'staff') throw new AccessDenied('ACTION_NOT_PERMITTED', 'dispatch.enter');
  return principal;
}

/** `balagh.dispatch.v1.Dispatch`. Requests are read by the handlers, after the caller was authorised. */
@Controller()
@dispatch.DispatchControllerMethods()
export class DispatchController {
  constructor(
    @Inject(ListQueueHandler) private readonly queue: ListQueueHandler,
    @Inject(DeliveryHandler) private readonly delivery: DeliveryHandler,
    @Inject(FieldWorkHandler) private readonly fieldWork: FieldWorkHandler,
    @Inject(ConfrontationHandler) private readonly confrontation: ConfrontationHandler,
    @Inject(AnsweringHandler) private readonly answering: AnsweringHandler,
  ) {}

  async listQueue(
    request: dispatch.ListQueueRequest,
    metadata: Metadata,
  ): Promise<dispatch.ListQueueResponse> {
    const page = await this.queue.handle({ ...request, principal: staffOf(metadata) });
    return { entries: page.entries.map(entryMessage), nextPageToken: page.nextPageToken, total: page.total };
  }

  referCase(request: dispatch.ReferCaseRequest, metadata: Metadata): Result {
    return this.delivery.refer(callOf(request, metadata), () => ({
      owner: ownerOf(request.owner),
      note: text('note', request.note),
    }));
  }

  transferCase(request: dispatch.TransferCaseRequest, metadata: Metadata): Result {
    return this.delivery.transfer(callOf(request, metadata), () => ({
      agency: request.agency,
      note: text('note', request.note),
    }));
  }

  recordFollowUp(request: dispatch.RecordFollowUpRequest, metadata: Metadata): Result {
    return this.delivery.followUp(callOf(request, metadata), () => ({ note: text('note', request.note) }));
  }

  returnAsMisrouted(request: dispatch.ReturnAsMisroutedRequest, metadata: Metadata): Result {
    return this.delivery.returnAsMisrouted(callOf(request, metadata), () => ({
      reason: text('reason', request.reason, 500),
    }));
  }

  acknowledge(request: dispatch.AcknowledgeRequest, metadata: Metadata): Result {
    const read = () => ({ externalReference: text('externalReference', request.externalReference, 100) });
    return this.delivery.acknowledge(callOf(request, metadata), read);
  }

  addAction(request: dispatch.AddActionRequest, metadata: Metadata): Result {
    return this.fieldWork.addAction(callOf(request, metadata), () => ({
      description: text('description', request.description),
      state: oneOf('state', request.state, ['OPEN', 'DONE']),
    }));
  }

  sendFieldTeam(request: dispatch.SendFieldTeamRequest, metadata: Metadata): Result {
    return this.fieldWork.sendTeam(callOf(request, metadata), () => ({
      teamId: codeOf('teamId', request.teamId),
    }));
  }

  recordVerification(request: dispatch.RecordVerificationRequest, metadata: Metadata): Result {
    return this.fieldWork.recordVerification(callOf(request, metadata), () => ({
      teamId: codeOf('teamId', request.teamId),
      result: oneOf('result', request.result, ['CONFIRMED', 'NOT_CONFIRMED']),
      findings: text('findings', request.findings),
    }));
  }

  recordLegalAction(request: dispatch.RecordLegalActionRequest, metadata: Metadata): Result {
    return this.fieldWork.recordLegalAction(callOf(request, metadata), () => ({
      basis: reference('basis', request.basis),
    }));
  }

  issueSummons(request: dispatch.IssueSummonsRequest, metadata: Metadata): Result {
    return this.confrontation.summon(callOf(request, metadata), () => ({
      date: dayOf('date', request.date),
    }));
  }

  recordConfrontation(request: dispatch.RecordConfrontationRequest, metadata: Metadata): Result {
    return this.confrontation.confront(callOf(request, metadata), () => ({
      result: oneOf('result', request.result, ['SETTLEMENT_REACHED', 'NO_SETTLEMENT', 'NOT_HELD']),
      attended: list('attended', request.attended, (path, value) =>
        oneOf(path, value, ['COMPLAINANT', 'RESPONDENT']),
      ),
    }));
  }

  recordSettlement(request: dispatch.RecordSettlementRequest, metadata: Metadata): Result {
    return this.confrontation.settle(callOf(request, metadata), () => ({
      terms: text('terms', request.terms),
      lawReference: reference('lawReference', request.lawReference),
    }));
  }

  referToProsecution(request: dispatch.ReferToProsecutionRequest, metadata: Metadata): Result {
    const read = () => ({ lawReference: reference('lawReference', request.lawReference) });
    return this.confrontation.prosecute(callOf(request, metadata), read);
  }

  returnResolution(request: dispatch.ReturnResolutionRequest, metadata: Metadata): Result {
    return this.answering.returnResolution(callOf(request, metadata), () => ({
      resolution: text('resolution', request.resolution),
      result: oneOf('result', request.result, ['SOLVED', 'NOT_CONFIRMED', 'REJECTED']),
      lawReference: reference('lawReference', request.lawReference),
    }));
  }

  issueReply(request: dispatch.IssueReplyRequest, metadata: Metadata): Result {
    return this.answering.issueReply(callOf(request, metadata), () => ({
      reply: text('reply', request.reply),
      legalClauses: list('legalClauses', request.legalClauses, reference).filter((clause) => clause !== ''),
    }));
  }

  recordContactAttempt(request: dispatch.RecordContactAttemptRequest, metadata: Metadata): Result {
    return this.answering.recordAttempt(callOf(request, metadata), () => ({
      channel: channelOf(request.channel),
      result: oneOf('result', request.result, ['NO_ANSWER', 'WRONG_NUMBER']),
    }));
  }

  recordReporterInformed(request: dispatch.RecordReporterInformedRequest, metadata: Metadata): Result {
    return this.answering.recordInformed(callOf(request, metadata), () => ({
      channel: channelOf(request.channel),
    }));
  }

  closeCase(request: dispatch.CloseCaseRequest, metadata: Metadata): Result {
    return this.answering.close(callOf(request, metadata));
  }

  reopenCase(request: dispatch.ReopenCaseRequest, metadata: Metadata): Result {
    return this.answering.reopen(callOf(request, metadata), () => ({
      reason: text('reason', request.reason),
    }));
  }
}
