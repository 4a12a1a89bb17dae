/**
 * The one permission table: role × action, as data (MUS-10, MUS-16, BAH-14). Every service asks it through `authorise`.
 * Relation to the case (own queue, own unit, own agency) is checked by the service that knows the case. `case.reveal` opens personal values in
 * whatever the other permissions show: those who work on a case need them on its page, only auditors have them in its history as well.
 */
export const roles = [
  'LINE1',
  'LINE2',
  'LINE3',
  'SUPERVISOR',
  'OFFICIAL',
  'AUDITOR',
  'ADMINISTRATOR',
  'PARTNER',
  'OPERATOR',
] as const;
export type Role = (typeof roles)[number];

export type Action =
  | 'case.open'
  | 'case.fill'
  | 'case.attach'
  | 'case.register'
  | 'case.answer'
  | 'case.decline'
  | 'case.redirect'
  | 'case.correct-routing'
  | 'case.refer'
  | 'case.transfer'
  | 'case.follow-up'
  | 'case.return-misrouted'
  | 'case.acknowledge'
  | 'case.act'
  | 'case.send-team'
  | 'case.verify-in-field'
  | 'case.take-legal-action'
  | 'case.summon'
  | 'case.confront'
  | 'case.settle'
  | 'case.prosecute'
  | 'case.resolve'
  | 'case.reply'
  | 'case.inform'
  | 'case.close'
  | 'case.reopen'
  | 'case.view'
  | 'case.replay'
  | 'case.reveal'
  | 'queue.view'
  | 'transfer.view'
  | 'message.view'
  | 'message.reconcile'
  | 'profile.publish'
  | 'projection.rebuild'
  | 'feed.redrive';

export const permissions: Readonly<Record<Role, readonly Action[]>> = {
  LINE1: [
    'case.open',
    'case.fill',
    'case.attach',
    'case.register',
    'case.answer',
    'case.decline',
    'case.redirect',
    'case.view',
    'case.reveal',
  ],
  LINE2: [
    'case.correct-routing',
    'case.refer',
    'case.transfer',
    'case.follow-up',
    'case.reply',
    'case.inform',
    'case.close',
    'case.reopen',
    'case.act',
    'case.view',
    'case.reveal',
    'queue.view',
    'message.view',
    'message.reconcile',
  ],
  LINE3: [
    'case.acknowledge',
    'case.act',
    'case.return-misrouted',
    'case.send-team',
    'case.verify-in-field',
    'case.take-legal-action',
    'case.summon',
    'case.confront',
    'case.settle',
    'case.prosecute',
    'case.resolve',
    'case.view',
    'case.reveal',
    'queue.view',
  ],
  SUPERVISOR: [
    'case.correct-routing',
    'case.view',
    'case.reveal',
    'queue.view',
    'message.view',
    'message.reconcile',
  ],
  // Reads the record without the persons in it (MUS-27).
  OFFICIAL: ['case.view', 'case.replay'],
  AUDITOR: ['case.view', 'case.replay', 'case.reveal', 'message.view'],
  ADMINISTRATOR: ['profile.publish', 'projection.rebuild', 'feed.redrive'],
  PARTNER: ['transfer.view', 'case.acknowledge', 'case.act', 'case.resolve', 'case.return-misrouted'],
  // Agents of a contracted company: they register, and see what their company registered (BAH-14).
  OPERATOR: ['case.open', 'case.fill', 'case.attach', 'case.register', 'case.view', 'case.reveal'],
};

export function permits(held: readonly Role[], action: Action): boolean {
  return held.some((role) => permissions[role].includes(action));
}
