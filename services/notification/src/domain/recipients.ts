import { type MessageChannel, type Owner, type Recipient, type StoredEvent } from '@balagh/case-events';
import { type Profile, type ProfileOwner, findOwner, localDay } from '@balagh/profile';
import { type CaseFacts } from './case-facts';

/** An address as the case or the profile holds it. */
export type Address = { readonly sealed: string } | { readonly plain: string };

export interface PlannedRoute {
  readonly channel: MessageChannel;
  readonly address: Address;
}

/** Where a recipient can be reached, preferred way first, before channels that are off or not offered are left out. */
export interface Reach {
  readonly code?: string;
  readonly routes: readonly PlannedRoute[];
}

interface Profiles {
  readonly rules: Profile;
  readonly directory: Profile;
}

/** Undefined: the trigger does not concern this recipient at all, and nobody is missed. */
export function reachOf(recipient: Recipient, facts: CaseFacts, profiles: Profiles): Reach | undefined {
  switch (recipient) {
    case 'REPORTER':
      return concerns(facts.trigger, 'COMPLAINANT')
        ? { routes: reporterRoutes(facts, profiles.rules) }
        : undefined;
    case 'RESPONDENT':
      return concerns(facts.trigger, 'RESPONDENT')
        ? { routes: sealedRoutes([['SMS', facts.form.respondentPhone]]) }
        : undefined;
    case 'AGENCY':
      return facts.owner?.kind === 'AGENCY' ? agencyReach(facts, facts.owner, profiles.directory) : undefined;
    case 'OWNER':
      return facts.owner === undefined || facts.owner.kind === 'AGENCY'
        ? undefined
        : ownerReach(facts.owner, profiles.directory);
    case 'LIAISON_OFFICER':
      return facts.owner === undefined ? undefined : liaisonReach(facts, facts.owner, profiles.directory);
    case 'ESCALATION':
      return escalationReach(facts.trigger, profiles.directory);
  }
}

/** A summons names the parties it calls (KWT-08); other events concern both. */
function concerns(trigger: StoredEvent, party: 'COMPLAINANT' | 'RESPONDENT'): boolean {
  return trigger.type !== 'SummonsIssued' || trigger.data.parties.includes(party);
}

/** A phone number says nothing about WhatsApp or a fax machine behind it: only who asked or came that way is answered so. */
const onlyWhenNamed: readonly MessageChannel[] = ['WHATSAPP', 'FAX'];

/**
 * The reporter's preference, then the way the contact came, then what intake found reachable, then the organisation's
 * order (MUS-40, KWT-02); each only when there is an address for it.
 */
function reporterRoutes(facts: CaseFacts, rules: Profile): readonly PlannedRoute[] {
  const { form, opened, registered } = facts;
  const came = rules.channels.find((channel) => channel.code === opened?.channel);
  const named = [form.preferredChannel, came?.answersBy, ...(registered?.reachableBy ?? [])];
  const order = [...named, ...rules.reporterChannels.filter((channel) => !onlyWhenNamed.includes(channel))];
  const channels = [...new Set(order.filter((channel) => channel !== undefined))];
  const contact = (kind: string): string | undefined =>
    came?.kind === kind ? opened?.contactReference : undefined;
  const phone = form.phone ?? contact('WHATSAPP');
  const addresses: Readonly<Partial<Record<MessageChannel, string | undefined>>> = {
    SMS: phone,
    FAX: contact('FAX') ?? form.phone,
    WHATSAPP: contact('WHATSAPP') ?? form.phone,
    EMAIL: form.email ?? contact('EMAIL'),
    SOCIAL: form.socialHandle ?? contact('SOCIAL'),
  };
  return sealedRoutes(channels.map((channel) => [channel, addresses[channel]]));
}

function sealedRoutes(
  ways: readonly (readonly [MessageChannel, string | undefined])[],
): readonly PlannedRoute[] {
  return ways.flatMap(([channel, sealed]) =>
    sealed === undefined ? [] : [{ channel, address: { sealed } }],
  );
}

interface Contacts {
  readonly sms?: string | undefined;
  readonly email?: string | undefined;
}

function contactRoutes(
  contacts: Contacts | undefined,
  allowed: readonly string[] = ['SMS', 'EMAIL'],
): readonly PlannedRoute[] {
  const ways: readonly (readonly [MessageChannel, string | undefined])[] = [
    ['SMS', contacts?.sms],
    ['EMAIL', contacts?.email],
  ];
  return ways.flatMap(([channel, plain]) =>
    plain === undefined || !allowed.includes(channel) ? [] : [{ channel, address: { plain } }],
  );
}

/** An agency that takes its referrals only by gRPC gets no message and misses none (MUS-32, AMB-36). */
function agencyReach(facts: CaseFacts, owner: Owner, directory: Profile): Reach | undefined {
  const agency = directory.agencies.find(({ code }) => code === owner.code);
  const transports =
    facts.trigger.type === 'CaseTransferred' ? facts.trigger.data.transports : agency?.transports;
  const byMessage = (transports ?? ['SMS', 'EMAIL']).filter((transport) => transport !== 'GRPC');
  if (byMessage.length === 0) return undefined;
  return { code: owner.code, routes: contactRoutes(agency?.contacts, byMessage) };
}

/** A section without contacts of its own is reached through its directorate. */
function ownerReach(owner: Owner, directory: Profile): Reach {
  const whole: ProfileOwner = { kind: owner.kind, code: owner.code };
  const exact: ProfileOwner = owner.section === undefined ? whole : { ...whole, section: owner.section };
  const routes = [exact, whole].map((wanted) => {
    const party = findOwner(directory, wanted);
    return typeof party === 'string' ? [] : contactRoutes(party.contacts);
  });
  return { code: owner.code, routes: routes.find((found) => found.length > 0) ?? [] };
}

/** The entry in force on the day of the event, in the organisation's time zone (QAT-14). */
function liaisonReach(facts: CaseFacts, owner: Owner, directory: Profile): Reach {
  const day = localDay(facts.trigger.metadata.occurredAt, directory.timeZone);
  const inForce = directory.liaisonOfficers.filter(
    ({ from, to }) => from <= day && (to === undefined || day <= to),
  );
  const of = (code: string | undefined) => inForce.find((officer) => officer.owner === code);
  const officer = of(owner.section) ?? of(owner.code);
  return { code: owner.code, routes: contactRoutes(officer?.contacts) };
}

function escalationReach(trigger: StoredEvent, directory: Profile): Reach | undefined {
  if (trigger.type !== 'CaseEscalated') return undefined;
  const { level, to } = trigger.data;
  const entry = directory.escalation.find((step) => step.level === level && step.to === to);
  return { code: to, routes: contactRoutes(entry?.contacts) };
}
