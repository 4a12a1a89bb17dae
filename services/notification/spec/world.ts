import {
  type Author,
  type CaseEvent,
  type IntakeForm,
  type MessageEvent,
  type StoredEvent,
  caseStream,
  definitionOf,
  messageStream,
  publish,
} from '@balagh/case-events';
import { accept } from '@balagh/decider';
import { type MemoryFeed, createMemoryFeed } from '@balagh/event-feed';
import { type Streams, createMemoryEventStore, createStreams } from '@balagh/event-store';
import { createMemoryPrivacy } from '@balagh/privacy';
import { type Profile, createStaticProfiles, parseProfile } from '@balagh/profile';
import { type Platform, createLog, createMemoryPlatform, manualClock } from '@balagh/runtime';
import { profileFixture } from '@balagh/testing';
import { type Channel } from '../src/application/channel.port';
import { DeliveryTracker } from '../src/application/delivery-tracker';
import { MessageLog } from '../src/application/message-log';
import { MessageSender } from '../src/application/message-sender';
import { NotifyOfCaseEvent, type Sending } from '../src/application/notify-of-case-event.handler';
import { type WorkTable, rowChannels } from '../src/application/work-table.port';
import { type Place } from '../src/application/worker-pool';
import { MemoryWorkTable } from './memory-work-table';

export const caseId = '10000000-0000-4000-8000-000000000001';
export const subjectId = '20000000-0000-4000-8000-000000000001';
export const START_AT = '2026-05-04T06:00:00.000Z';

/** So many rows of every channel. */
export const ofEach = (limit: number): ReadonlyMap<string, number> =>
  new Map(rowChannels.map((channel) => [channel, limit]));

/** Stops everything at one point, as a killed process would. */
export class Killed extends Error {}

export interface WorldOptions {
  readonly tenant: string;
  /** Changes to the published profile; each entry is a further version. */
  readonly versions?: readonly Partial<Profile>[];
  readonly channels: readonly Channel[];
  /** Called before and after every append of the service, every change of its table and every call of a channel. */
  readonly point?: () => void;
  /** Somebody is always free to send at once; otherwise every message waits in the table for `work`. */
  readonly atOnce?: boolean;
}

/** Notification over a memory store and fake channels, with a clock that moves when told to. */
export class World {
  readonly clock = manualClock(START_AT);
  readonly table: MemoryWorkTable;
  private readonly guardedTable: WorkTable;
  readonly platform: Platform;
  readonly messages: MessageLog;
  readonly logged: Record<string, unknown>[] = [];
  private readonly feed: MemoryFeed;
  private readonly streamsOf = new Map<Author, Streams>();
  private commands = 0;
  private begun: Promise<void>[] = [];

  constructor(readonly options: WorldOptions) {
    const { tenant, versions = [{}] } = options;
    const base = parseProfile(profileFixture(tenant));
    const eventStore = createMemoryEventStore();
    this.table = new MemoryWorkTable();
    this.guardedTable = guardedTable(this.table, options.point ?? (() => undefined));
    this.feed = createMemoryFeed(eventStore);
    const profiles = createStaticProfiles(versions.map((change) => ({ ...base, ...change })));
    const streams = createStreams(eventStore, { author: 'notification', now: () => this.now });
    const log = createLog({
      service: 'notification',
      destination: {
        write: (line: string) => void this.logged.push(JSON.parse(line) as Record<string, unknown>),
      },
    });
    const parts = {
      eventStore,
      feed: this.feed,
      profiles,
      privacy: createMemoryPrivacy(),
      streams: this.guarded(streams),
      log,
    };
    this.platform = createMemoryPlatform({ service: 'notification', clock: this.clock, parts });
    this.messages = new MessageLog(this.platform.streams);
  }

  get now(): string {
    return this.clock.now().toISOString();
  }

  /** The service's consumer; a second call is a second delivery path of the same consumer after a restart. */
  async subscribe(): Promise<void> {
    const handler = this.handler();
    await this.feed.subscribe({
      consumer: 'notification.case-events',
      topics: ['case.intake', 'case.routing', 'case.dispatch'],
      handle: (message) => handler.handle(message),
    });
  }

  /** Everything published about the case is handled anew by a process that remembers nothing. */
  async redelivered(): Promise<void> {
    const handler = this.handler();
    for (const event of await this.caseEvents()) {
      const published = publish(event);
      if (published !== undefined && published.topic !== 'case.notification')
        await handler.handle(published.message);
    }
  }

  private handler(): NotifyOfCaseEvent {
    const { platform, messages, guardedTable: table } = this;
    const offered = this.options.channels.map(({ channel }) => channel);
    const sender = this.sender();
    const sending: Sending = {
      wake: () => undefined,
      place: () => (this.options.atOnce === true ? this.place() : undefined),
      sendSubmitted: (row, message, letter) => sender.sendSubmitted(row, message, letter),
    };
    return new NotifyOfCaseEvent({ platform, messages, table, offered, sending });
  }

  /** As a pool gives it: its row is saved when the work has ended. */
  private place(): Place {
    const owner = '00000000-0000-4000-8000-00000000000b';
    return {
      lease: () => ({ owner, until: new Date(this.clock.now().getTime() + 60_000).toISOString() }),
      begin: (_, work) =>
        void this.begun.push(work().then(async (row) => this.guardedTable.save(row, owner))),
      leave: () => undefined,
    };
  }

  sender(): MessageSender {
    const { clock, log, privacy, profiles } = this.platform;
    const channels = new Map(
      this.options.channels.map((channel) => [channel.channel, this.guardedChannel(channel)]),
    );
    return new MessageSender({ log, clock, messages: this.messages, channels, privacy, profiles });
  }

  /** Delivers the feed and lets end what it began. */
  async drain(): Promise<void> {
    const [drained] = await Promise.allSettled([this.feed.drain()]);
    const ended = await Promise.allSettled(this.begun.splice(0));
    for (const result of [drained, ...ended]) if (result.status === 'rejected') throw result.reason;
  }

  /** Does all work that is due now, as the pools would. */
  async work(owner = '00000000-0000-4000-8000-00000000000a'): Promise<void> {
    const { clock, log } = this.platform;
    const channels = new Map(this.options.channels.map((channel) => [channel.channel, channel]));
    const tracker = new DeliveryTracker({ log, clock, messages: this.messages, channels });
    const claim = (queue: 'SEND' | 'TRACK') =>
      this.table.claim({ queue, owner, now: this.now, leaseMs: 60_000, limits: ofEach(8) });
    for (let rounds = 0; rounds < 20; rounds += 1) {
      const [sending, tracking] = [await claim('SEND'), await claim('TRACK')];
      if (sending.length + tracking.length === 0) return;
      for (const row of sending) await this.guardedTable.save(await this.sender().advance(row), owner);
      for (const row of await tracker.track(tracking)) await this.guardedTable.save(row, owner);
    }
    throw new Error('the work never ends');
  }

  /** Moves the clock in steps of half a minute, working after each. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 30_000) {
      this.clock.advance(Math.min(left, 30_000));
      await this.work();
    }
  }

  /** Appends events of other services to the case, each with its author's store client. */
  async happened(...events: CaseEvent[]): Promise<void> {
    for (const event of events) await this.appended(event);
  }

  private async appended(event: CaseEvent): Promise<void> {
    // Intake commits the subject's key before the case is opened.
    if (event.type === 'CaseOpened') await this.platform.privacy.mint(subjectId, this.options.tenant);
    const author = definitionOf(event.type)?.author ?? 'intake';
    const streams =
      this.streamsOf.get(author) ?? createStreams(this.platform.eventStore, { author, now: () => this.now });
    this.streamsOf.set(author, streams);
    this.commands += 1;
    const { tenant } = this.options;
    const commandId = `30000000-0000-4000-8000-${String(this.commands).padStart(12, '0')}`;
    const actor = { kind: 'staff', id: 'account-1', organisation: tenant } as const;
    const why = { correlationId: caseId, causationId: commandId, profileVersion: 1 };
    await streams.execute(caseStream(caseId), { commandId, tenant, actor, line: '1', ...why }, () =>
      accept(event),
    );
  }

  async seal(plain: string): Promise<string> {
    await this.platform.privacy.mint(subjectId, this.options.tenant);
    return this.platform.privacy.seal(subjectId, plain);
  }

  async caseEvents(): Promise<readonly StoredEvent[]> {
    return (await this.platform.streams.load(caseStream(caseId))).events;
  }

  /** What notification wrote into the case, oldest first. */
  async told(): Promise<readonly CaseEvent[]> {
    const own = (await this.caseEvents()).filter((event) => event.type.startsWith('Notification'));
    return own.map(({ type, data }) => ({ type, data }) as CaseEvent);
  }

  async messageEvents(messageId: string): Promise<readonly StoredEvent<MessageEvent>[]> {
    return (await this.platform.streams.load<MessageEvent>(messageStream(messageId))).events;
  }

  private guarded(streams: Streams): Streams {
    const point = this.options.point ?? ((): void => undefined);
    const between = async <T>(work: () => Promise<T>): Promise<T> => {
      point();
      const done = await work();
      point();
      return done;
    };
    return {
      ...streams,
      execute: (...command) => between(() => streams.execute(...command)),
      executeAll: (...commands) => between(() => streams.executeAll(...commands)),
    };
  }

  private guardedChannel(channel: Channel): Channel {
    const point = this.options.point ?? ((): void => undefined);
    const send: Channel['send'] = async (message) => {
      point();
      const outcome = await channel.send(message);
      point();
      return outcome;
    };
    return channel.canBeAsked
      ? { channel: channel.channel, canBeAsked: true, send, ask: (references) => channel.ask(references) }
      : { channel: channel.channel, canBeAsked: false, send };
  }
}

function guardedTable(table: WorkTable, point: () => void): WorkTable {
  const around = async (change: () => Promise<void>): Promise<void> => {
    point();
    await change();
    point();
  };
  return {
    add: (row, lease) => around(() => table.add(row, lease)),
    save: (row, owner) => around(() => table.save(row, owner)),
    claim: (claim) => table.claim(claim),
    touch: (...given) => table.touch(...given),
    clear: () => table.clear(),
  };
}

export const opened = (channel: string, contactReference?: string): CaseEvent => ({
  type: 'CaseOpened',
  data: { caseId, channel, subjectId, ...(contactReference === undefined ? {} : { contactReference }) },
});

export const filled = (form: Partial<IntakeForm>): CaseEvent => ({
  type: 'FormFilled',
  data: { form: { ...form, filled: [] } },
});

type Registered = Extract<CaseEvent, { type: 'CaseRegistered' }>['data'];
export const registered = (change: Partial<Registered> = {}): CaseEvent => ({
  type: 'CaseRegistered',
  data: {
    caseNumber: 'MUS-2026-000001',
    caseType: 'NOTE',
    category: 'WATER',
    channel: 'PHONE_1111',
    language: 'ar',
    needFlags: [],
    attachments: 0,
    reachableBy: ['SMS'],
    requiredFields: 'COMPLETE',
    registeredAt: START_AT,
    clockStart: START_AT,
    ...change,
  },
});

export const transferred: CaseEvent = {
  type: 'CaseTransferred',
  data: {
    transferId: '40000000-0000-4000-8000-000000000001',
    agency: 'HAYA_WATER',
    agencyAr: 'حيا للمياه',
    agencyEn: 'Haya Water',
    mode: 'TRANSFER',
    transports: ['SMS', 'EMAIL'],
    dueAt: '2026-05-07T06:00:00.000Z',
  },
};
