import { join } from 'node:path';
import { type Role } from '@balagh/runtime';
import { type MethodDefinition, loadSync } from '@grpc/proto-loader';

/** One method of one service, with what a test needs to call it by raw bytes. */
export interface Operation {
  /** `Dispatch.CloseCase`. */
  readonly name: string;
  /** Process that serves it. */
  readonly process: string;
  readonly path: string;
  readonly fields: readonly Field[];
  readonly encode: (request: object) => Buffer;
}

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
  /** Fields of a message. */
  readonly fields: readonly Field[];
}

interface DescriptorField {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
}
interface MessageType {
  readonly type: { readonly name: string; readonly field: readonly DescriptorField[] };
}

const protoRoot = join(__dirname, '../../../proto');
const served = {
  Intake: 'intake',
  Routing: 'routing',
  Dispatch: 'dispatch',
  Partner: 'dispatch',
  Notification: 'notification',
  History: 'history',
};

/** Every method in `proto/`, read from the files: a new one is tested from its first day. */
export function operations(): readonly Operation[] {
  return Object.entries(served).flatMap(([service, process]) => {
    const proto = service.toLowerCase();
    const loaded = loadSync(`balagh/${proto}/v1/${proto}.proto`, {
      includeDirs: [protoRoot],
      longs: String,
      enums: String,
      defaults: true,
    });
    const messages = new Map(
      Object.entries(loaded).flatMap(([name, entry]) =>
        'format' in entry ? [[name, entry as unknown as MessageType] as const] : [],
      ),
    );
    const methods = loaded[`balagh.${proto}.v1.${service}`] as Record<
      string,
      MethodDefinition<object, object>
    >;
    return Object.entries(methods).map(([name, method]) => ({
      name: `${service}.${name}`,
      process,
      path: method.path,
      fields: fieldsOf(method.requestType as unknown as MessageType, messages, `balagh.${proto}.v1`),
      encode: method.requestSerialize,
    }));
  });
}

function fieldsOf(
  { type }: MessageType,
  messages: ReadonlyMap<string, MessageType>,
  packageName: string,
): Field[] {
  return type.field.map((field) => {
    const last = field.typeName.split('.').at(-1) ?? '';
    const nested =
      last === ''
        ? undefined
        : (messages.get(`${packageName}.${last}`) ?? messages.get(`balagh.common.v1.${last}`));
    return {
      name: field.name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      type: field.type.replace('TYPE_', '').toLowerCase(),
      repeated: field.label === 'LABEL_REPEATED',
      fields: nested === undefined ? [] : fieldsOf(nested, messages, packageName),
    };
  });
}

/** What each operation needs, as a person reads it in `proto/`: the matrix of roles is computed from it and the permission table. */
export const actionOf: Readonly<Record<string, string>> = {
  'Intake.OpenCase': 'case.open',
  'Intake.FillForm': 'case.fill',
  'Intake.AddAttachment': 'case.attach',
  'Intake.RegisterCase': 'case.register',
  'Intake.AnswerInquiry': 'case.answer',
  'Intake.DeclineInquiry': 'case.decline',
  'Intake.RedirectCase': 'case.redirect',
  'Routing.CorrectRouting': 'case.correct-routing',
  'Dispatch.ListQueue': 'queue.view',
  'Dispatch.ReferCase': 'case.refer',
  'Dispatch.TransferCase': 'case.transfer',
  'Dispatch.RecordFollowUp': 'case.follow-up',
  'Dispatch.ReturnAsMisrouted': 'case.return-misrouted',
  'Dispatch.Acknowledge': 'case.acknowledge',
  'Dispatch.AddAction': 'case.act',
  'Dispatch.SendFieldTeam': 'case.send-team',
  'Dispatch.RecordVerification': 'case.verify-in-field',
  'Dispatch.RecordLegalAction': 'case.take-legal-action',
  'Dispatch.IssueSummons': 'case.summon',
  'Dispatch.RecordConfrontation': 'case.confront',
  'Dispatch.RecordSettlement': 'case.settle',
  'Dispatch.ReferToProsecution': 'case.prosecute',
  'Dispatch.ReturnResolution': 'case.resolve',
  'Dispatch.IssueReply': 'case.reply',
  'Dispatch.RecordContactAttempt': 'case.inform',
  'Dispatch.RecordReporterInformed': 'case.inform',
  'Dispatch.CloseCase': 'case.close',
  'Dispatch.ReopenCase': 'case.reopen',
  'Partner.ListTransfers': 'transfer.view',
  'Partner.GetTransfer': 'transfer.view',
  'Partner.Acknowledge': 'case.acknowledge',
  'Partner.AddAction': 'case.act',
  'Partner.ReturnResolution': 'case.resolve',
  'Notification.ListMessages': 'message.view',
  'Notification.ReconcileMessage': 'message.reconcile',
  'History.GetTrail': 'case.replay',
  'History.ListCases': 'case.replay',
  'History.VerifyCases': 'case.replay',
};

/** One demonstration account of each role, and its organisation. */
export const accounts: Readonly<Partial<Record<Role, readonly [account: string, tenant: string]>>> = {
  LINE1: ['mus.agent', 'MUS'],
  LINE2: ['mus.distributor', 'MUS'],
  LINE3: ['mus.cleaning', 'MUS'],
  SUPERVISOR: ['mus.supervisor', 'MUS'],
  OFFICIAL: ['tourism.official', 'TOURISM'],
  AUDITOR: ['mus.auditor', 'MUS'],
  ADMINISTRATOR: ['admin', 'MUS'],
  PARTNER: ['haya-water', 'MUS'],
  OPERATOR: ['mus.hotline', 'MUS'],
};
