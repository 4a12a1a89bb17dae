import { type Metadata } from '@grpc/grpc-js';
import { notification } from '@balagh/contracts';
import {
  InvalidMessage,
  PLATFORM,
  type Platform,
  authorise,
  commandContext,
  principalOfCall,
} from '@balagh/runtime';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { ListMessages } from '../../application/list-messages.handler';
import { type Finding, ReconcileMessage, findings } from '../../application/reconcile-message.handler';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `balagh.notification.v1`: what was sent, and what became of it. */
@Controller()
export class NotificationController {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(ListMessages) private readonly messages: ListMessages,
    @Inject(ReconcileMessage) private readonly reconciliation: ReconcileMessage,
  ) {}

  @GrpcMethod(notification.NOTIFICATION_SERVICE_NAME, 'ListMessages')
  async listMessages(
    request: notification.ListMessagesRequest,
    metadata: Metadata,
  ): Promise<notification.ListMessagesResponse> {
    authorise(principalOfCall(metadata), 'message.view', request.tenant);
    mustBeUuid('case_id', request.caseId);
    return { messages: [...(await this.messages.list(request.tenant, request.caseId.toLowerCase()))] };
  }

  @GrpcMethod(notification.NOTIFICATION_SERVICE_NAME, 'ReconcileMessage')
  async reconcileMessage(
    request: notification.ReconcileMessageRequest,
    metadata: Metadata,
  ): Promise<notification.Message> {
    const { tenant, commandId, messageId } = request;
    const context = commandContext({
      header: { tenant, commandId },
      principal: principalOfCall(metadata),
      action: 'message.reconcile',
      clock: this.platform.clock,
      caseId: messageId,
    });
    mustBeUuid('message_id', messageId);
    return this.reconciliation.reconcile(messageId.toLowerCase(), context, findingOf(request.found));
  }
}

function findingOf(found: string): Finding | undefined {
  const finding = findings.find((known) => known === found);
  if (finding === undefined && found !== '')
    throw new InvalidMessage('REQUEST_INVALID', [{ path: 'found', problem: 'UNKNOWN' }]);
  return finding;
}

function mustBeUuid(path: string, value: string): void {
  if (!uuid.test(value))
    throw new InvalidMessage('REQUEST_INVALID', [
      { path, problem: value === '' ? 'REQUIRED' : 'NOT_A_UUID' },
    ]);
}
