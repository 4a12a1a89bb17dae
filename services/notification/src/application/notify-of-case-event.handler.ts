import { randomUUID } from 'node:crypto';
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
import { type Prepared } from '../domain/message.decider';
import { planNotifications } from '../domain/notification-planning';
import { type Draft, draftMessage, sealDraft } from './message-draft';
import { type LoadedMessage, type MessageLog } from './message-log';
import { type Letter } from './message-sender';
import { PinnedVersions } from './pinned-versions';
import { type WorkRow, type WorkTable } from './work-table.port';
import { type Place } from './worker-pool';

export interface NotifyParts {
  readonly platform: Platform;
  readonly messages: MessageLog;
  readonly table: WorkTable;
  /** Channels that this installation has an adapter for. */
  readonly offered: readonly MessageChannel[];
  readonly sending: Sending;
}

/** Those who send. */
export interface Sending {
  /** New work is in the table. */
  wake(): void;
  /** A place to send something over this channel at once; undefined when it has to wait in the table. */
  place(channel: MessageChannel): Place | undefined;
  sendSubmitted(row: WorkRow, message: LoadedMessage, letter: Letter): Promise<WorkRow>;
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
    const { channelsOff } = directory;
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
          await this.prepare({ message, events, draft, request, channelsOff });
      }),
    );
    const failed = prepared.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
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

  /**
   * Writes the message down and puts it into the table. Where somebody is free to send it, its first attempt is written down in the same append,
   * and it goes out at once.
   */
  private async prepare({ message, events, draft, request, channelsOff }: Asked): Promise<void> {
    const { platform, messages, sending } = this.parts;
    const opened = events[0];
    if (opened?.type !== 'CaseOpened') throw new PermanentFault('CASE_NOT_OPENED');
    const sealed = await sealDraft(draft, {
      privacy: platform.privacy,
      subjectId: opened.data.subjectId,
      channels: request.channels,
    });
    const { template, trigger, recipient, language, messageId } = request;
    const prepared = { caseId: message.subject, template, trigger, recipient, language, ...sealed };
    const { atLeastRevision: _, ...why } = this.context(message, `prepare ${messageStream(messageId)}`);
    const context = { ...why, beginsStream: true };
    const now = platform.clock.now().toISOString();
    const channel = sealed.routes[0]?.channel;
    const row: WorkRow = {
      messageId,
      caseId: message.subject,
      tenant: message.tenant,
      queue: 'SEND',
      phase: 'prepared',
      channel: channel ?? '',
      version: 0,
      since: now,
      dueAt: now,
    };
    const place = channel === undefined ? undefined : sending.place(channel);
    if (place !== undefined) return this.sendAt(place, { draft, channelsOff, prepared, row, context });
    await messages.record(messageId, { type: 'Prepare', message: prepared }, context);
    return this.leaveInTable(row);
  }

  private async sendAt(
    place: Place,
    { draft, channelsOff, prepared, row, context }: Sendable,
  ): Promise<void> {
    const { messages, table, sending } = this.parts;
    const { messageId } = row;
    try {
      const command = { type: 'Prepare', message: prepared, reference: messageId } as const;
      // Not the id that a repetition has: what an earlier delivery wrote down is not this one's to send.
      const own = { ...context, commandId: randomUUID() };
      const { mine, message: written } = await messages.record(messageId, command, own);
      if (!mine || written?.state.phase !== 'submitted') return await this.leaveInTable(row);
      const added = table.add(row, place.lease());
      const to = draft.routes.find(({ channel }) => channel === written.state.channel)?.to;
      const letter = { to, text: draft.body, subject: draft.subject, channelsOff };
      place.begin(row, async () => {
        const next = await sending.sendSubmitted(row, written, letter);
        await added.catch(() => undefined);
        return next;
      });
      await added;
    } finally {
      place.leave();
    }
  }

  private async leaveInTable(row: WorkRow): Promise<void> {
    await this.parts.table.add(row);
    this.parts.sending.wake();
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

/** One message that a case event asks for. */
interface Asked {
  readonly message: PublishedEvent;
  readonly events: readonly StoredEvent[];
  readonly draft: Draft;
  readonly request: NotificationRequest;
  readonly channelsOff: readonly MessageChannel[];
}

/** One message that is about to be written down. */
interface Sendable {
  readonly draft: Draft;
  readonly channelsOff: readonly MessageChannel[];
  readonly prepared: Prepared;
  readonly row: WorkRow;
  readonly context: CommandContext;
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
