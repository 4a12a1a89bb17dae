import { caseStream, foldCase } from '@balagh/case-events';
import { type Rejection, reject } from '@balagh/decider';
import {
  AccessDenied,
  type Action,
  CaseHidden,
  type CommandHeaderMessage,
  InvalidMessage,
  type Platform,
  type Principal,
  Rejected,
  authorise,
  decodePageToken,
  encodePageToken,
  pageSize,
} from '@balagh/runtime';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type DeliveryCommand, deliveryDecider } from '../domain/delivery.decider';
import { type DispatchCase } from '../domain/dispatch-case';
import { type FieldWorkCommand, fieldWorkDecider } from '../domain/field-work.decider';
import { type ReturnResolution, resolutionDecider } from '../domain/resolution.decider';
import { agencyOf } from '../domain/rules';
import { type Transfer, transfersOf } from '../domain/transfers';
import { type ReadModels, sortedInstantSchema } from './read-models.port';
import { type Prepare, type StaffCommand } from './staff-command';

/** An agency's call about one of its transfers. */
export interface PartnerCall {
  readonly principal: Principal;
  readonly tenant: string;
  readonly transferId: string;
}

export interface PartnerAnswer {
  readonly transferId: string;
  readonly caseNumber: string;
  readonly revision: string;
}

export interface TransferPage {
  readonly transfers: readonly Transfer[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** A transferred case with what the agency needs to solve it; erased values are empty. */
export interface TransferDetails {
  readonly transfer: Transfer;
  readonly details: string;
  readonly address: string;
  readonly note: string;
  readonly location?: { readonly latitude: number; readonly longitude: number };
  readonly attachmentIds: readonly string[];
}

const tokenSchema = z.object({ transferredAt: sortedInstantSchema, transferId: z.uuid() });

/** What a transfer is from its first event on. */
type Lasting = Pick<Transfer, 'caseId' | 'caseNumber' | 'tenant' | 'agency'>;

/** Acts that the mode TRANSFER leaves out unless the agency may tell its own progress (MUS-37, docs/adr/0010). */
const liveActs: readonly Action[] = ['case.act'];

/**
 * The partner agencies' entrance (SYS-04, MUS-36). Who calls is the agency of the verified credentials; a transfer of
 * somebody else is not found. Commands are safe to repeat with the same command id.
 */
export class PartnerHandler {
  /** The latest ones: an agency acts on a transfer that it has just found in its list, or looked at. */
  private readonly known = new LRUCache<string, Lasting>({ max: 10_000 });

  constructor(
    private readonly platform: Pick<Platform, 'streams' | 'privacy' | 'profiles'>,
    private readonly command: StaffCommand,
    private readonly rows: Pick<ReadModels, 'transfer' | 'openTransfers'>,
  ) {}

  async list(call: {
    principal: Principal;
    tenant: string;
    pageSize: number;
    pageToken: string;
  }): Promise<TransferPage> {
    const { principal, tenant } = call;
    const agency = await this.admit(principal, tenant, 'transfer.view');
    const limit = pageSize(call.pageSize);
    const after = decodePageToken(tokenSchema, call.pageToken);
    const found = await this.rows.openTransfers({
      tenant,
      agency,
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
    });
    const transfers = found.slice(0, limit);
    for (const transfer of transfers) this.remember(transfer);
    const last = found.length > limit ? transfers.at(-1) : undefined;
    const nextPageToken =
      last === undefined
        ? ''
        : encodePageToken({ transferredAt: last.transferredAt, transferId: last.transferId });
    return { transfers, nextPageToken };
  }

  async show(call: PartnerCall): Promise<TransferDetails> {
    const { transferId } = call;
    const agency = await this.admitTo(call, 'transfer.view');
    const { caseId } = ownOf(call, agency, 'transfer.view', await this.lasting(transferId));
    const { events } = await this.platform.streams.load(caseStream(caseId));
    // As the case says it, not as the list does: what the agency has just done is there already.
    const transfer = transfersOf(caseId, events).find((of) => of.transferId === transferId);
    if (transfer === undefined) throw new Rejected(unknownTransfer());
    const { form } = foldCase(events);
    const note = events.flatMap((e) =>
      e.type === 'CaseTransferred' && e.data.transferId === transferId ? [e.data.note] : [],
    )[0];
    const attachmentIds = events.flatMap((e) => (e.type === 'AttachmentAdded' ? [e.data.attachmentId] : []));
    return {
      transfer,
      details: await this.open(form.details),
      address: await this.open(form.address),
      note: await this.open(note),
      ...(form.location === undefined ? {} : { location: form.location }),
      attachmentIds,
    };
  }

  acknowledge(
    call: PartnerCall,
    commandId: string,
    read: () => { externalReference: string },
  ): Promise<PartnerAnswer> {
    return this.act<DeliveryCommand>(call, commandId, 'case.acknowledge', (agency) => ({ rules }) => ({
      decider: deliveryDecider(rules),
      command: {
        type: 'Acknowledge',
        source: agency,
        externalReference: read().externalReference || undefined,
      },
    }));
  }

  addAction(
    call: PartnerCall,
    commandId: string,
    read: () => { description: string; state: 'OPEN' | 'DONE' },
  ): Promise<PartnerAnswer> {
    return this.act<FieldWorkCommand>(
      call,
      commandId,
      'case.act',
      (source) =>
        async ({ context, rules, seal }) => {
          const request = read();
          const description = await seal(request.description);
          if (description === undefined)
            throw new InvalidMessage('DESCRIPTION_REQUIRED', [{ path: 'description', problem: 'REQUIRED' }]);
          const by = { line: 'THIRD', source } as const;
          const command = {
            type: 'AddAction',
            actionId: context.commandId,
            by,
            description,
            state: request.state,
          } as const;
          return { decider: fieldWorkDecider(rules), command };
        },
    );
  }

  returnResolution(
    call: PartnerCall,
    commandId: string,
    read: () => { resolution: string; result: ReturnResolution['result'] },
  ): Promise<PartnerAnswer> {
    return this.act<ReturnResolution>(
      call,
      commandId,
      'case.resolve',
      (source) =>
        async ({ context, rules, seal }) => {
          const { resolution, result } = read();
          const sealed = await seal(resolution);
          const command = {
            type: 'ReturnResolution',
            resolutionId: context.commandId,
            source,
            resolution: sealed,
            result,
          } as const;
          return { decider: resolutionDecider(rules), command };
        },
    );
  }

  private async act<C>(
    call: PartnerCall,
    commandId: string,
    action: Action,
    prepare: (agency: string) => Prepare<C>,
  ): Promise<PartnerAnswer> {
    const { principal, tenant, transferId } = call;
    const agency = await this.admitTo(call, action);
    const { caseId, caseNumber } = ownOf(call, agency, action, await this.lasting(transferId));
    const header: CommandHeaderMessage = { commandId, tenant };
    const demand = (state: DispatchCase): void => {
      if (state.phase === 'registered' && state.delivery?.id !== transferId)
        throw new Rejected(reject('CASE_NOT_WITH_THIRD_LINE').rejection);
    };
    const { revision } = await this.command.execute<C>(
      { header, principal, caseId },
      action,
      async (desk) => ({
        ...(await prepare(agency)(desk)),
        demand,
      }),
    );
    return { transferId, caseNumber, revision };
  }

  /** The agency of the caller, if its switch lets it do this now. @throws AccessDenied */
  private async admit(principal: Principal, tenant: string, action: Action): Promise<string> {
    authorise(principal, action, tenant);
    const { agency: code } = principal;
    if (principal.kind !== 'partner' || code === undefined) throw new AccessDenied('AGENCY_FOREIGN', action);
    const { profile } = await this.platform.profiles.latest(tenant);
    const agency = agencyOf(profile, code);
    if (agency === undefined) throw new AccessDenied('AGENCY_FOREIGN', action);
    const live = agency.mode === 'LIVE_SHARED' || (agency.mode === 'TRANSFER' && agency.progressActions);
    const permitted =
      agency.mode !== 'OFF' && agency.transports.includes('GRPC') && (live || !liveActs.includes(action));
    if (!permitted) throw new AccessDenied('MODE_NOT_PERMITTED', action);
    return code;
  }

  private async lasting(transferId: string): Promise<Lasting | undefined> {
    const known = this.known.get(transferId);
    if (known !== undefined || !z.uuid().safeParse(transferId).success) return known;
    const found = await this.rows.transfer(transferId);
    if (found !== undefined) this.remember(found);
    return found;
  }

  private remember({ transferId, caseId, caseNumber, tenant, agency }: Transfer): void {
    this.known.set(transferId, { caseId, caseNumber, tenant, agency });
  }

  /** A refusal about a transfer goes on record beside its case, whosever transfer it is. */
  private async admitTo({ principal, tenant, transferId }: PartnerCall, action: Action): Promise<string> {
    try {
      return await this.admit(principal, tenant, action);
    } catch (error) {
      if (!(error instanceof AccessDenied)) throw error;
      throw new AccessDenied(error.code, error.action, (await this.lasting(transferId))?.caseId);
    }
  }

  private async open(sealed: string | undefined): Promise<string> {
    return sealed === undefined ? '' : ((await this.platform.privacy.openOrErased(sealed)) ?? '');
  }
}

const unknownTransfer = (): Rejection => reject('TRANSFER_UNKNOWN', 'missing').rejection;

/** @throws Rejected when there is no such transfer; CaseHidden, with the same answer, when it is somebody else's */
function ownOf(
  { tenant }: PartnerCall,
  agency: string,
  action: Action,
  transfer: Lasting | undefined,
): Lasting {
  const unknown = unknownTransfer();
  if (transfer === undefined) throw new Rejected(unknown);
  if (transfer.tenant !== tenant || transfer.agency !== agency)
    throw new CaseHidden(unknown, new AccessDenied('AGENCY_FOREIGN', action, transfer.caseId));
  return transfer;
}
