import {
  type MessageChannel,
  type PublishedEvent,
  type StoredEvent,
  caseStream,
  messageStream,
  namedUuidAt,
  publishedPrefix,
} from '@balagh/case-events';
import { fold } from '@balagh/decider';
import { PermanentFault, nothingFollows } from '@balagh/event-feed';
import { type CommandContext } from '@balagh/event-store';
import { SubjectErased } from '@balagh/privacy';
import { type Profile } from '@balagh/profile';
import { type Platform, reactionContext } from '@balagh/runtime';
import {
  type NotificationRequest,
  askedBy,
  caseNotificationDecider,
} from '../domain/case-notification.decider';
import { planNotifications } from '../domain/notification-planning';
import { type Draft, draftMessage, sealDraft } from './message-draft';
import { type MessageLog } from './message-log';
import { PinnedVersions } from './pinned-versions';
import { type WorkTable } from './work-table.port';

export interface NotifyParts {
  readonly platform: Platform;
  readonly messages: MessageLog;
  readonly table: WorkTable;
  /** Channels that this installation has an adapter for. */
  readonly offered: readonly MessageChannel[];
  /** New work is in the table. */
  readonly wake: () => void;
}

/**
 * Writes down which messages follow from a case event: the requests in the case, the texts and addresses in a stream per
 * message. Sending is the workers' affair. Repeating it repeats nothing: message ids follow from case, event and template.
 */
export class NotifyOfCaseEvent {
  private readonly pinned = new PinnedVersions();

  constructor(private readonly parts: NotifyParts) {}

  /** @throws PermanentFault when a template does not fit its trigger; retriable faults of store, keys and database */
  async handle(message: PublishedEvent): Promise<typeof nothingFollows | void> {
    const type = message.type.slice(publishedPrefix.length);
    if (type === 'CaseOpened') this.pinned.learn(message.subject, message.profileversion);
    const known = this.pinned.of(message.subject);
    if (known !== undefined && !asks(await this.rules(message.tenant, known), type)) return nothingFollows;
    const { events } = await this.parts.platform.streams.loadReaching(
      caseStream(message.subject),
      message.caserevision,
    );
    const trigger = events[message.caserevision];
    if (trigger?.type !== type) throw new PermanentFault('TRIGGER_MISMATCH');
    const version = events[0]?.metadata.profileVersion;
    this.pinned.learn(message.subject, version);
    const rules = await this.rules(message.tenant, version);
    if (!asks(rules, type)) return nothingFollows;
    try {
      await this.notify(message, events, rules);
    } catch (error) {
      if (!(error instanceof SubjectErased)) throw error;
      this.parts.platform.log.info({
        event: 'notification.subject-erased',
        caseId: message.subject,
        trigger: type,
      });
    }
  }

  private async rules(tenant: string, version: number | undefined): Promise<Profile> {
    const { profiles } = this.parts.platform;
    return (version === undefined ? await profiles.latest(tenant) : await profiles.at(tenant, version))
      .profile;
  }

  private async notify(
    message: PublishedEvent,
    events: readonly StoredEvent[],
    rules: Profile,
  ): Promise<void> {
    const { platform, offered } = this.parts;
    const directory = (await platform.profiles.latest(message.tenant)).profile;
    const history = events.slice(0, message.caserevision + 1);
    const planned = planNotifications({ history, rules, directory, offered });
    if (planned.length === 0) return;
    const opener = { privacy: platform.privacy, phoneRegion: directory.phoneRegion };
    const drafts = await Promise.all(planned.map((notification) => draftMessage(notification, opener)));
    const [trigger] = history.slice(-1);
    if (trigger === undefined) return;
    const requests = drafts.map((draft) => requestOf(draft, trigger, message.subject));
    const stored = await this.request(message, events, requests);
    // Each into a stream of its own, so they may travel together; all have ended before one of them is reported as failed.
    const prepared = await Promise.allSettled(
      drafts.map(async (draft, index) => {
        const asked = requests[index];
        const request = asked === undefined ? undefined : stored.get(askedBy(asked));
        if (request !== undefined && request.channels.length > 0)
          await this.prepare(message, events, draft, request);
      }),
    );
    const failed = prepared.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    this.parts.wake();
  }

  /** The requests as the case holds them, by what asks for them: those of an earlier delivery stand as they were written. */
  private async request(
    message: PublishedEvent,
    events: readonly StoredEvent[],
    requests: readonly NotificationRequest[],
  ): Promise<ReadonlyMap<string, NotificationRequest>> {
    const { streams, log } = this.parts.platform;
    const outcome = await streams.execute(
      caseStream(message.subject),
      this.context(message, 'request'),
      (history) =>
        caseNotificationDecider.decide({ type: 'Request', requests }, fold(caseNotificationDecider, history)),
    );
    if (outcome.kind === 'rejected') throw new PermanentFault(outcome.rejection.code);
    for (const event of outcome.events) {
      if (event.type !== 'NotificationRequested') continue;
      const { messageId, template, trigger, recipient, channels } = event.data;
      const name = channels.length === 0 ? 'message.unreachable' : 'message.requested';
      log.info({
        event: name,
        messageId,
        caseId: message.subject,
        tenant: message.tenant,
        template,
        trigger,
        recipient,
        channels,
      });
    }
    const fresh = outcome.events.filter(({ revision }) => revision >= events.length);
    const { messages } = fold(caseNotificationDecider, [...events, ...fresh]);
    return new Map([...messages.values()].map(({ request }) => [askedBy(request), request]));
  }

  private async prepare(
    message: PublishedEvent,
    events: readonly StoredEvent[],
    draft: Draft,
    request: NotificationRequest,
  ): Promise<void> {
    const { platform, messages, table } = this.parts;
    const opened = events[0];
    if (opened?.type !== 'CaseOpened') throw new PermanentFault('CASE_NOT_OPENED');
    const sealed = await sealDraft(draft, {
      privacy: platform.privacy,
      subjectId: opened.data.subjectId,
      channels: request.channels,
    });
    const { template, trigger, recipient, language, messageId } = request;
    const prepared = { caseId: message.subject, template, trigger, recipient, language, ...sealed };
    const { atLeastRevision: _, ...context } = this.context(message, `prepare ${messageStream(messageId)}`);
    await messages.record(
      messageId,
      { type: 'Prepare', message: prepared },
      { ...context, beginsStream: true },
    );
    const now = platform.clock.now().toISOString();
    const ids = { messageId, caseId: message.subject, tenant: message.tenant };
    await table.add({
      ...ids,
      queue: 'SEND',
      phase: 'prepared',
      channel: '',
      version: 0,
      since: now,
      dueAt: now,
    });
  }

  private context(message: PublishedEvent, purpose: string): CommandContext {
    const { clock } = this.parts.platform;
    return reactionContext({
      message,
      service: 'notification',
      clock,
      consumer: `notification.case-events ${purpose}`,
    });
  }
}

function asks(rules: Profile, type: string): boolean {
  return rules.templates.some(({ trigger }) => trigger === type);
}

function requestOf(draft: Draft, trigger: StoredEvent, caseId: string): NotificationRequest {
  const { template, recipient, recipientCode, language } = draft.planned;
  const { type, revision, metadata } = trigger;
  return {
    messageId: namedUuidAt(metadata.recordedAt, caseId, `${revision} ${template.code}`),
    trigger: type,
    triggerRevision: revision,
    template: template.code,
    recipient,
    ...(recipientCode === undefined ? {} : { recipientCode }),
    channels: draft.routes.map(({ channel }) => channel),
    language,
  };
}
