import { type Metadata } from '@grpc/grpc-js';
import { type Owner, codeSchema, ownerSchema } from '@balagh/case-events';
import { type common, routing } from '@balagh/contracts';
import { InvalidMessage, principalOfCall } from '@balagh/runtime';
import { Controller, Inject } from '@nestjs/common';
import { type CorrectRoutingCall, CorrectRoutingHandler } from '../../application/correct-routing.handler';

/** `balagh.routing.v1.Routing`. */
@Controller()
@routing.RoutingControllerMethods()
export class RoutingController {
  constructor(@Inject(CorrectRoutingHandler) private readonly correct: CorrectRoutingHandler) {}

  async correctRouting(
    request: routing.CorrectRoutingRequest,
    metadata: Metadata,
  ): Promise<common.CommandResult> {
    const { header, caseId, reason } = request;
    const principal = principalOfCall(metadata);
    const correction: CorrectRoutingCall['correction'] = () => {
      if (reason.length > 500)
        throw new InvalidMessage('REQUEST_INVALID', [{ path: 'reason', problem: 'TOO_LONG' }]);
      return { owner: ownerOf(request.owner), reason };
    };
    return this.correct.handle({ header, principal, caseId, correction });
  }
}

/** Shape only; whether the party exists is decided. */
function ownerOf(owner: common.Owner | undefined): Owner {
  const kind = ownerSchema.shape.kind.safeParse(owner?.kind);
  const code = codeSchema.safeParse(owner?.code);
  if (!kind.success || !code.success)
    throw new InvalidMessage('OWNER_UNKNOWN', [{ path: 'owner', problem: 'MALFORMED' }]);
  return { kind: kind.data, code: code.data, ...(owner?.section ? { section: owner.section } : {}) };
}
