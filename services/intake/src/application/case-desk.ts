import { type CaseEvent, caseStream } from '@balagh/case-events';
import { type Decision, type Rejection, reject } from '@balagh/decider';
import {
  type CommandContext,
  type CommandOutcome,
  type StreamCommand,
  type Streams,
} from '@balagh/event-store';
import { type Privacy } from '@balagh/privacy';
import { type MissingField, type Profile, type Profiles } from '@balagh/profile';
import { AccessDenied, CaseHidden, contentDigest, demandOneLine } from '@balagh/runtime';
import { type IntakeCase, foldIntakeCase } from '../domain/intake-case';
import { fieldsMissing } from '../domain/registration';

/** What every handler of line 1 works with. */
export interface Desk {
  readonly streams: Streams;
  readonly privacy: Privacy;
  readonly profiles: Profiles;
  /** RFC 3339 UTC. */
  readonly now: () => string;
  /** UUIDv5 of a name in a namespace. */
  readonly derivedId: (namespace: string, name: string) => string;
}

/** The answer to a command; the same when the command is repeated. */
export interface Answered {
  readonly caseId: string;
  readonly outcome: CommandOutcome;
  readonly caseNumber?: string;
  /** What a refused registration lacks (`FIELDS_MISSING`). */
  readonly missing?: readonly MissingField[];
}

/** What was fixed when the page was opened: rules are pinned then (design §3.8). */
export interface Page {
  readonly caseId: string;
  readonly subjectId: string;
  readonly channel: string;
  readonly profile: Profile;
  readonly profileVersion: number;
}

export type DecideOnPage = (
  state: IntakeCase,
  page: Page,
) => Decision<CaseEvent> | Promise<Decision<CaseEvent>>;

/** Loads the page, decides by its pinned rules, and appends. A case of another organisation is not found. */
export async function decideOnPage(
  desk: Desk,
  context: CommandContext,
  caseId: string,
  decide: DecideOnPage,
): Promise<Answered> {
  const page = await findPage(desk, context.tenant, caseId);
  if (page === undefined) return notFound(desk, context, caseId);
  const command = await commandOnPage(desk, context, page, decide);
  const outcome = await desk.streams.execute<CaseEvent>(caseStream(caseId), command.context, command.decide);
  return answerOf(caseId, outcome, command.seen());
}

export interface CommandOnPage extends StreamCommand<CaseEvent> {
  /** The case as it was decided on last; undefined where the command was answered without deciding. */
  readonly seen: () => IntakeCase | undefined;
}

/** A command under the rules that were pinned when the page was opened. */
export async function commandOnPage(
  desk: Pick<Desk, 'privacy'>,
  context: CommandContext,
  page: Page,
  decide: DecideOnPage,
): Promise<CommandOnPage> {
  let seen: IntakeCase | undefined;
  const pinned = {
    ...context,
    profileVersion: page.profileVersion,
    ...(await contentDigest(desk.privacy, page.subjectId)),
  };
  return {
    context: pinned,
    decide: (history) => {
      seen = foldIntakeCase(history);
      demandOneLine(pinned, history, page.profile.linesHeldTogether);
      return decide(seen, page);
    },
    seen: () => seen,
  };
}

export async function findPage(
  desk: Pick<Desk, 'streams' | 'profiles'>,
  tenant: string,
  caseId: string,
): Promise<Page | undefined> {
  const { events } = await desk.streams.load<CaseEvent>(caseStream(caseId), 0);
  const [first] = events;
  if (first?.type !== 'CaseOpened' || first.metadata.tenant !== tenant) return undefined;
  const { subjectId, channel } = first.data;
  const { profile, version } = await desk.profiles.at(tenant, first.metadata.profileVersion ?? 1);
  return { caseId, subjectId, channel, profile, profileVersion: version };
}

/** Refused as not found; for staff who asked for another organisation's case that is on record. @throws CaseHidden */
export async function notFound(
  { streams }: Pick<Desk, 'streams'>,
  { action }: CommandContext,
  caseId: string,
): Promise<Answered> {
  const { rejection } = reject('CASE_NOT_FOUND', 'missing');
  const { head } = await streams.load<CaseEvent>(caseStream(caseId), 0);
  if (head === undefined || action === undefined) return refused(caseId, rejection);
  throw new CaseHidden(rejection, new AccessDenied('TENANT_FOREIGN', action, caseId));
}

export function refused(caseId: string, rejection: Rejection): Answered {
  return { caseId, outcome: { kind: 'rejected', rejection } };
}

/** A refused registration is an event; to the client it is a refusal all the same (KWT-11). */
export function answerOf(caseId: string, outcome: CommandOutcome, seen?: IntakeCase): Answered {
  if (outcome.kind === 'rejected') return { caseId, outcome };
  const registration = outcome.events.find((event) => event.type === 'CaseRegistered');
  const refusal = outcome.events.find((event) => event.type === 'RequiredFieldsMissing');
  if (refusal?.type === 'RequiredFieldsMissing') return missingFieldsAnswer(caseId, refusal.data.missing);
  const caseNumber =
    registration?.type === 'CaseRegistered' ? registration.data.caseNumber : seen?.registration?.caseNumber;
  return { caseId, outcome, ...(caseNumber !== undefined && { caseNumber }) };
}

export function missingFieldsAnswer(caseId: string, missing: readonly MissingField[]): Answered {
  return { ...refused(caseId, fieldsMissing(missing)), missing };
}
