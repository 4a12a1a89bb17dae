import { status } from '@grpc/grpc-js';
import { type dispatch, type intake, type routing } from '@balagh/contracts';
import {
  type GrpcCallOptions,
  Rejected,
  Unauthenticated,
  createGrpcClient,
  grpcError,
} from '@balagh/runtime';
import {
  type CommandAnswer,
  type Commands,
  type ForwardedCommand,
  CommandUnavailable,
} from '../application/commands.port';

export interface CommandAddresses {
  readonly INTAKE_GRPC: string;
  readonly ROUTING_GRPC: string;
  readonly DISPATCH_GRPC: string;
}

type Call = (request: unknown, options?: GrpcCallOptions) => Promise<CommandAnswer>;

export interface GrpcCommands extends Commands {
  close(): void;
}

/** Commands over gRPC under the person's own token: the deciding service sees who acts, not the back office. */
export function createGrpcCommands(addresses: CommandAddresses): GrpcCommands {
  const clients = {
    intake: createGrpcClient<intake.IntakeClient>('balagh.intake.v1', 'Intake', addresses.INTAKE_GRPC),
    routing: createGrpcClient<routing.RoutingClient>('balagh.routing.v1', 'Routing', addresses.ROUTING_GRPC),
    dispatch: createGrpcClient<dispatch.DispatchClient>(
      'balagh.dispatch.v1',
      'Dispatch',
      addresses.DISPATCH_GRPC,
    ),
  };
  return {
    async send(command) {
      const call = (clients[command.service] as unknown as Readonly<Record<string, Call | undefined>>)[
        command.method
      ];
      if (call === undefined) throw new TypeError(`${command.service} has no method ${command.method}`);
      try {
        const { caseId, decisionVersion, caseNumber, events } = await call(command.request, {
          token: command.accessToken,
        });
        return { caseId, decisionVersion, caseNumber, events };
      } catch (error) {
        throw failureFrom(error, command);
      }
    },
    close: () => Object.values(clients).forEach((client) => client.close()),
  };
}

/** What the service answered, as our own failure kinds: code and details pass through unchanged. */
export function failureFrom(error: unknown, command: Pick<ForwardedCommand, 'service'>): Error {
  const { code, reason, details } = grpcError(error);
  const answered = !reason.startsWith('TRANSPORT_');
  const rejected = (kind: Rejected['rejection']['reason']): Error =>
    new Rejected({
      code: reason,
      reason: kind,
      details: details as NonNullable<Rejected['rejection']['details']>,
    });
  if (!answered)
    return code === Number(status.UNAUTHENTICATED)
      ? new Unauthenticated()
      : new CommandUnavailable(command.service);
  switch (code) {
    case status.INVALID_ARGUMENT:
      return rejected('invalid');
    case status.FAILED_PRECONDITION:
    case status.ABORTED:
      return rejected('conflict');
    case status.NOT_FOUND:
      return rejected('missing');
    case status.PERMISSION_DENIED:
      // The service that refused has put it on record: here it is an answer, not a second refusal.
      return rejected('forbidden');
    case status.UNAUTHENTICATED:
      return new Unauthenticated();
    default:
      return new CommandUnavailable(command.service);
  }
}
