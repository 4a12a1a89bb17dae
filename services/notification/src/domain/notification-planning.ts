import { type Language, type MessageChannel, type Recipient, type StoredEvent } from '@balagh/case-events';
import { type Profile, type Template, holds } from '@balagh/profile';
import { type PlannedRoute, type Reach, reachOf } from './recipients';
import { type CaseFacts, caseFactsOf } from './case-facts';
import { type TextValues, textValues } from './text-values';

/** A message that follows from a case event; its addresses and values may still be sealed. */
export interface PlannedNotification {
  readonly template: Template;
  readonly recipient: Recipient;
  /** Code of the agency, owner or escalation level's role. */
  readonly recipientCode?: string;
  readonly language: Language;
  /** In the order in which they are tried; empty: cannot be reached by message (AMB-42). */
  readonly routes: readonly PlannedRoute[];
  readonly values: TextValues;
}

export interface PlanningInput {
  /** The case up to and with the event that may ask for messages. */
  readonly history: readonly StoredEvent[];
  /** The profile version pinned when the case was opened: templates, conditions, names. */
  readonly rules: Profile;
  /** The newest profile version: who stands where today, which channels are off (QAT-14, KWT-34). */
  readonly directory: Profile;
  /** Channels that this installation has an adapter for. */
  readonly offered: readonly MessageChannel[];
}

/**
 * Which messages the last event of the history asks for: one per template of the pinned profile whose trigger and
 * condition match. Pure; the same history and profiles always give the same plan.
 */
export function planNotifications(input: PlanningInput): readonly PlannedNotification[] {
  const trigger = input.history.at(-1);
  if (trigger === undefined) return [];
  const templates = input.rules.templates.filter((template) => template.trigger === trigger.type);
  if (templates.length === 0) return [];
  const facts = caseFactsOf(input.history, trigger);
  const planned = templates
    .filter((template) => holds(template.when, facts.forConditions))
    .flatMap((template) => plan(template, facts, input));
  return planned.filter((notification) => !coveredByAnother(notification, planned));
}

function plan(template: Template, facts: CaseFacts, input: PlanningInput): PlannedNotification[] {
  const reach: Reach | undefined = reachOf(template.recipient, facts, input);
  if (reach === undefined) return [];
  const usable = (channel: MessageChannel): boolean =>
    input.offered.includes(channel) && !input.directory.channelsOff.includes(channel);
  const language = languageFor(template.recipient, facts, input.rules);
  return [
    {
      template,
      recipient: template.recipient,
      ...(reach.code === undefined ? {} : { recipientCode: reach.code }),
      language,
      routes: inOrderOf(template, reach.routes).filter((route) => usable(route.channel)),
      values: textValues(facts, input.rules, language),
    },
  ];
}

/** A template that names channels is sent on these only, in its own order (MUS-11, MUS-33: by SMS first). */
function inOrderOf(template: Template, routes: readonly PlannedRoute[]): readonly PlannedRoute[] {
  return (
    template.channels?.flatMap((channel) => routes.filter((route) => route.channel === channel)) ?? routes
  );
}

/** Reporters are written to in the language of their case; everybody else in Arabic. */
function languageFor(recipient: Recipient, facts: CaseFacts, rules: Profile): Language {
  const wanted = recipient === 'REPORTER' ? facts.language : 'ar';
  return rules.languages.includes(wanted) ? wanted : (rules.languages[0] ?? 'ar');
}

/**
 * SMS and e-mail to a party are two templates: both are sent when both contacts exist, else the one available; only when
 * neither exists is it a failure (AMB-36).
 */
function coveredByAnother(notification: PlannedNotification, all: readonly PlannedNotification[]): boolean {
  if (notification.routes.length > 0 || notification.template.channels === undefined) return false;
  const sameParty = all.filter((other) => other.recipient === notification.recipient);
  return sameParty.some((other) => other.routes.length > 0) || sameParty[0] !== notification;
}
