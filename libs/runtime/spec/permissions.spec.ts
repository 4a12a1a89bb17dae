import { proves } from '@balagh/testing';
import {
  AccessDenied,
  type Action,
  type Principal,
  type Role,
  actorOf,
  authorise,
  lineOf,
  permissions,
  permits,
  roles,
} from '../src';

const holder = (...held: Role[]): Principal => ({
  subject: 'an.account',
  kind: 'staff',
  organisation: 'MUS',
  tenants: ['MUS'],
  roles: held,
});
const denial = (role: Role, action: Action, tenant = 'MUS'): string | undefined => {
  try {
    authorise(holder(role), action, tenant);
    return undefined;
  } catch (error) {
    if (error instanceof AccessDenied) return error.code;
    throw error;
  }
};
const actions = [...new Set(Object.values(permissions).flat())];

/** Acts that only one line may do; every other role of staff is denied them (MUS-16). */
const reserved: Readonly<Record<string, readonly Action[]>> = {
  LINE1: [
    'case.open',
    'case.fill',
    'case.attach',
    'case.register',
    'case.answer',
    'case.decline',
    'case.redirect',
  ],
  LINE2: [
    'case.refer',
    'case.transfer',
    'case.follow-up',
    'case.reply',
    'case.inform',
    'case.close',
    'case.reopen',
  ],
  LINE3: [
    'case.send-team',
    'case.verify-in-field',
    'case.take-legal-action',
    'case.summon',
    'case.confront',
    'case.settle',
    'case.prosecute',
  ],
};

describe('who may do what', () => {
  it.each(Object.entries(reserved).flatMap(([line, acts]) => acts.map((act) => [act, line] as const)))(
    '%s is for %s and no other line',
    (action, line) => {
      proves('MUS-16');
      const registering = ['case.open', 'case.fill', 'case.attach', 'case.register'].includes(action);
      const permitted = roles.filter((role) => denial(role, action) === undefined);
      // A contracted operator registers beside line 1 (BAH-14); what else there is of line 1 stays with it.
      expect(permitted).toEqual(registering ? [line, 'OPERATOR'] : [line]);
    },
  );

  it('lets nobody resolve a case but the responsible party and partners', () => {
    expect(roles.filter((role) => denial(role, 'case.resolve') === undefined)).toEqual(['LINE3', 'PARTNER']);
  });

  it('lets officials and auditors read and change nothing', () => {
    const reading: readonly Action[] = ['case.view', 'case.replay', 'case.reveal', 'message.view'];
    for (const role of ['OFFICIAL', 'AUDITOR'] as const) {
      expect(actions.filter((action) => permits([role], action) && !reading.includes(action))).toEqual([]);
    }
  });

  it('opens personal values to who works on a case and to auditors, and those of its history to auditors alone', () => {
    proves('MUS-27');
    const revealing = roles.filter((role) => permits([role], 'case.reveal'));
    expect(revealing).toEqual(['LINE1', 'LINE2', 'LINE3', 'SUPERVISOR', 'AUDITOR', 'OPERATOR']);
    expect(revealing.filter((role) => permits([role], 'case.replay'))).toEqual(['AUDITOR']);
  });

  it('lets administrators publish profiles, rebuild projections and redrive parked cases, and see no case', () => {
    expect(actions.filter((action) => permits(['ADMINISTRATOR'], action))).toEqual([
      'profile.publish',
      'projection.rebuild',
      'feed.redrive',
    ]);
  });

  it('denies every role everything in a tenant that the token does not name', () => {
    const allowed = roles.flatMap((role) =>
      actions.filter((action) => denial(role, action, 'QAT-MME') !== 'TENANT_FOREIGN'),
    );
    expect(allowed).toEqual([]);
  });

  it('writes the line of the role that permits the act, not of the highest role held', () => {
    expect(lineOf(holder('LINE1', 'LINE2'), 'case.open')).toBe('1');
    expect(lineOf(holder('LINE1', 'LINE2'), 'case.close')).toBe('2');
    expect(lineOf(holder('LINE3'), 'case.resolve')).toBe('3');
    expect(lineOf({ ...holder('PARTNER'), kind: 'partner' }, 'case.resolve')).toBe('partner');
  });

  it('names the account and its employer as the actor', () => {
    expect(actorOf({ ...holder('LINE1'), tenants: ['TOURISM'] })).toEqual({
      kind: 'staff',
      id: 'an.account',
      organisation: 'MUS',
    });
  });
});
