import { type Metadata } from '@grpc/grpc-js';
import { partner } from '@balagh/contracts';
import { principalOfCall } from '@balagh/runtime';
import { Controller, Inject } from '@nestjs/common';
import { type PartnerAnswer, type PartnerCall, PartnerHandler } from '../../application/partner.handler';
import { type Transfer } from '../../domain/transfers';
import { idOf, oneOf, text } from './request-reading';

const callOf = (
  { tenant, transferId }: { tenant: string; transferId: string },
  metadata: Metadata,
): PartnerCall => ({
  principal: principalOfCall(metadata),
  tenant,
  transferId: idOf(transferId),
});

/** `balagh.partner.v1.Partner`: the agencies' entrance (SYS-04). */
@Controller()
@partner.PartnerControllerMethods()
export class PartnerController {
  constructor(@Inject(PartnerHandler) private readonly handler: PartnerHandler) {}

  async listTransfers(
    request: partner.ListTransfersRequest,
    metadata: Metadata,
  ): Promise<partner.ListTransfersResponse> {
    const { transfers, nextPageToken } = await this.handler.list({
      ...request,
      principal: principalOfCall(metadata),
    });
    return { transfers: transfers.map(summaryOf), nextPageToken };
  }

  async getTransfer(request: partner.GetTransferRequest, metadata: Metadata): Promise<partner.Transfer> {
    const { transfer, details, address, note, location, attachmentIds } = await this.handler.show(
      callOf(request, metadata),
    );
    const { latitude, longitude } = location ?? { latitude: 0, longitude: 0 };
    return {
      summary: summaryOf(transfer),
      details,
      address,
      note,
      latitude,
      longitude,
      attachmentIds: [...attachmentIds],
    };
  }

  acknowledge(request: partner.AcknowledgeRequest, metadata: Metadata): Promise<PartnerAnswer> {
    const read = () => ({ externalReference: text('externalReference', request.externalReference, 100) });
    return this.handler.acknowledge(callOf(request, metadata), request.commandId, read);
  }

  addAction(request: partner.AddActionRequest, metadata: Metadata): Promise<PartnerAnswer> {
    return this.handler.addAction(callOf(request, metadata), request.commandId, () => ({
      description: text('description', request.description),
      state: oneOf('state', request.state, ['OPEN', 'DONE']),
    }));
  }

  returnResolution(request: partner.ReturnResolutionRequest, metadata: Metadata): Promise<PartnerAnswer> {
    return this.handler.returnResolution(callOf(request, metadata), request.commandId, () => ({
      resolution: text('resolution', request.resolution),
      result: oneOf('result', request.result, ['SOLVED', 'NOT_CONFIRMED', 'REJECTED']),
    }));
  }
}

function summaryOf({
  transferId,
  caseNumber,
  category,
  transferredAt,
  dueAt,
  acknowledged,
}: Transfer): partner.TransferSummary {
  return { transferId, caseNumber, category, transferredAt, dueAt, acknowledged };
}
