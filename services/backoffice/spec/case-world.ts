import { type Author, type CaseEvent, type StoredEvent, caseStream, decodeEvent } from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { type EventStore, createMemoryEventStore, createStreams } from '@balagh/event-store';
import { type Privacy, createMemoryPrivacy } from '@balagh/privacy';
import { type Profile, parseProfile } from '@balagh/profile';
import { type Principal, manualClock } from '@balagh/runtime';
import { profileFixture } from '@balagh/testing';

export const uuid = (kind: number, n: number): string =>
  `${kind}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const profileOf = (tenant: string): Profile => parseProfile(profileFixture(tenant));

export const staff = (roles: Principal['roles'], more: Partial<Principal> = {}): Principal => ({
  subject: `mus.${roles.join('.').toLowerCase()}`,
  kind: 'staff',
  organisation: 'MUS',
  tenants: ['MUS'],
  roles,
  ...more,
});
export const agent = staff(['LINE1']);
/** An agent of a contracted company (BAH-14). */
export const operator = staff(['OPERATOR'], { organisation: 'HOTLINE_COMPANY' });
export const distributor = staff(['LINE2']);
export const cleaning = staff(['LINE3'], { party: { code: 'DIR-SERVICES', section: 'SEC-CLEANING' } });
export const roads = staff(['LINE3'], { party: { code: 'DIR-ROADS' } });

export const SEC_CLEANING = { kind: 'DIRECTORATE', code: 'DIR-SERVICES', section: 'SEC-CLEANING' } as const;

const authors: Readonly<Record<string, Author>> = {
  CaseOpened: 'intake',
  FormFilled: 'intake',
  CaseRegistered: 'intake',
  AttachmentAdded: 'intake',
  CaseRouted: 'routing',
  NotificationRequested: 'notification',
  NotificationSent: 'notification',
  NotificationFailed: 'notification',
};

/** Cases in a store of this process, written as the services would write them. */
export class CaseWorld {
  readonly store: EventStore = createMemoryEventStore();
  readonly privacy: Privacy = createMemoryPrivacy();
  /** Sunday 1 March 2026, 12:00 in Muscat. */
  readonly clock = manualClock('2026-03-01T08:00:00.000Z');
  private commands = 0;

  async write(
    caseId: string,
    event: CaseEvent,
    who: Principal | 'system' = 'system',
    tenant = 'MUS',
  ): Promise<void> {
    const streams = createStreams(this.store, {
      author: authors[event.type] ?? 'dispatch',
      now: () => this.clock.now().toISOString(),
    });
    const commandId = uuid(9, (this.commands += 1));
    const system = { kind: 'system', id: 'dispatch', organisation: tenant } as const;
    const actor =
      who === 'system'
        ? system
        : ({ kind: 'staff', id: who.subject, organisation: who.organisation } as const);
    const line =
      who === 'system'
        ? 'system'
        : who.roles.includes('LINE1') || who.roles.includes('OPERATOR')
          ? '1'
          : who.roles.includes('LINE2')
            ? '2'
            : '3';
    const context = {
      commandId,
      tenant,
      actor,
      line,
      correlationId: caseId,
      causationId: commandId,
      profileVersion: 1,
    } as const;
    const outcome = await streams.execute(caseStream(caseId), context, () => accept(event));
    if (outcome.kind === 'rejected') throw new Error(outcome.rejection.code);
  }

  async events(caseId: string): Promise<readonly StoredEvent[]> {
    const read = await this.store.readStream(caseStream(caseId));
    return read.kind === 'found' ? read.events.map((raw) => decodeEvent(raw)) : [];
  }

  seal(n: number, plain: string): Promise<string> {
    return this.privacy.seal(uuid(2, n), plain);
  }

  /** A page opened by an agent, with a form. */
  async opened(n: number, tenant = 'MUS', opener = agent): Promise<string> {
    const caseId = uuid(1, n);
    await this.privacy.mint(uuid(2, n), tenant);
    const channel = 'PHONE_1111';
    await this.write(
      caseId,
      { type: 'CaseOpened', data: { caseId, channel, subjectId: uuid(2, n) } },
      opener,
      tenant,
    );
    const form = {
      caseType: 'REPORT',
      category: 'CLEANLINESS',
      phone: await this.seal(n, '+968 9000 0001'),
      details: await this.seal(n, 'حاوية ممتلئة'),
      filled: ['caseType', 'category', 'phone', 'details'],
    } as const;
    await this.write(
      caseId,
      { type: 'FormFilled', data: { form: { ...form, filled: [...form.filled] } } },
      opener,
      tenant,
    );
    return caseId;
  }

  /** Registered, routed to the cleaning section, in the distributor's queue. */
  async queued(n: number, tenant = 'MUS', opener = agent): Promise<string> {
    const caseId = await this.opened(n, tenant, opener);
    const registeredAt = this.clock.now().toISOString();
    const registered: CaseEvent = {
      type: 'CaseRegistered',
      data: {
        caseNumber: `${tenant}-2026-${String(n).padStart(6, '0')}`,
        caseType: 'REPORT',
        category: 'CLEANLINESS',
        channel: 'PHONE_1111',
        language: 'ar',
        needFlags: [],
        attachments: 0,
        reachableBy: ['SMS'],
        requiredFields: 'COMPLETE',
        registeredAt,
        clockStart: registeredAt,
      },
    };
    await this.write(caseId, registered, opener, tenant);
    await this.write(
      caseId,
      {
        type: 'CaseRouted',
        data: { owner: SEC_CLEANING, secondLineQueue: 'DISTRIBUTOR', ruleId: 'CLEANING', inputs: {} },
      },
      'system',
      tenant,
    );
    await this.write(
      caseId,
      { type: 'CaseSentToSecondLine', data: { queue: 'DISTRIBUTOR', proposedOwner: SEC_CLEANING } },
      'system',
      tenant,
    );
    return caseId;
  }

  /** With the cleaning section, due on 4 March. */
  async referred(n: number): Promise<string> {
    const caseId = await this.queued(n);
    const data = {
      referralId: uuid(5, n),
      owner: SEC_CLEANING,
      referralDate: '2026-03-01',
      dueAt: '2026-03-04T10:30:00.000Z',
    };
    await this.write(caseId, { type: 'CaseReferred', data }, distributor);
    return caseId;
  }
}
