import { randomUUID } from 'node:crypto';
import { type common, type dispatch, type history, type notification } from '@balagh/contracts';
import { eventually } from '@balagh/testing';
import { AgencyCaller, CallRefused, GrpcCaller, type ServiceName } from './grpc-caller';
import { type StoryEndpoints } from './endpoints';

/** A message as the simulators received it. */
export interface SentMessage {
  readonly channel: string;
  readonly to: string;
  readonly text: string;
  readonly subject?: string;
  readonly reference?: string;
}

export interface TrailEntry {
  readonly revision: number;
  readonly type: string;
  readonly line: string;
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Everything a story may use: the public interfaces of a running system, and nothing else. */
export class World {
  readonly grpc: GrpcCaller;
  private readonly agencies = new Map<string, AgencyCaller>();
  private readonly tokens = new Map<string, Promise<string>>();

  /** `patienceMs`: how much longer everything may take, because faults are injected on purpose. */
  constructor(
    readonly endpoints: StoryEndpoints,
    readonly patienceMs = 0,
  ) {
    this.grpc = new GrpcCaller(endpoints.grpc, patienceMs);
  }

  /** A partner agency with its own certificate; it has no token. */
  agency(code: string): AgencyCaller {
    const known = this.agencies.get(code) ?? new AgencyCaller(this.endpoints.partner, code, this.patienceMs);
    this.agencies.set(code, known);
    return known;
  }

  /** A signed-in member of staff, acting for one organisation. */
  async staff(username: string, tenant: string): Promise<Staff> {
    return new Staff(this, await this.token(username), tenant);
  }

  /** The access token of a demo account or partner agency. */
  token(username: string): Promise<string> {
    const known = this.tokens.get(username) ?? this.signIn(username);
    this.tokens.set(username, known);
    return known;
  }

  /** Messages that left so far and hold this text. */
  async messages(text: string): Promise<readonly SentMessage[]> {
    const answer = await fetch(`${this.endpoints.simulatorsUrl}/messages?text=${encodeURIComponent(text)}`, {
      signal: AbortSignal.timeout(10_000),
    });
    const body = (await answer.json()) as
      readonly SentMessage[] | { readonly messages: readonly SentMessage[] };
    return 'messages' in body ? body.messages : body;
  }

  /** Waits until a message holding all the texts left on this channel. */
  messageWith(channel: string, ...texts: readonly string[]): Promise<SentMessage> {
    return eventually(
      async () =>
        (await this.messages(texts[0] ?? '')).find(
          (m) => m.channel === channel && texts.every((t) => m.text.includes(t)),
        ),
      {
        deadlineMs: 20_000 + this.patienceMs,
        what: `a ${channel} message with «${texts.join('», «')}»`,
      },
    );
  }

  /** Posts to the citizens' entrance. */
  async citizen(
    path: string,
    body: FormData | object,
    key = randomUUID(),
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const isForm = body instanceof FormData;
    const post = async (): Promise<{
      readonly status: number;
      readonly body: Readonly<Record<string, unknown>>;
    }> => {
      const answer = await fetch(`${this.endpoints.intakeUrl}${path}`, {
        method: 'POST',
        headers: { 'idempotency-key': key, ...(isForm ? {} : { 'content-type': 'application/json' }) },
        body: isForm ? body : JSON.stringify(body),
        signal: AbortSignal.timeout(20_000),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    if (this.patienceMs === 0) return post();
    const answered = async (): ReturnType<typeof post> => {
      const answer = await post();
      if (answer.status === 503) throw new Error('the citizens’ entrance is not available');
      return answer;
    };
    return eventually(answered, {
      deadlineMs: this.patienceMs,
      everyMs: 300,
      what: `an answer to POST ${path}`,
    });
  }

  close(): void {
    this.grpc.close();
    for (const agency of this.agencies.values()) agency.close();
  }

  private signIn(username: string): Promise<string> {
    if (this.patienceMs === 0) return this.signInOnce(username);
    const what = `the token of ${username}`;
    return eventually(() => this.signInOnce(username), { deadlineMs: this.patienceMs, what });
  }

  private async signInOnce(username: string): Promise<string> {
    const answer = await fetch(`${this.endpoints.issuerUrl}/demo/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: 'demo' }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok)
      throw new Error(`signing in as ${username} failed: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { access_token: string }).access_token;
  }
}

export class Staff {
  constructor(
    private readonly world: World,
    private readonly token: string,
    readonly tenant: string,
  ) {}

  /** Sends a command; the header is filled in. Repeating it with the same `commandId` changes nothing. */
  command(
    service: ServiceName,
    method: string,
    request: object,
    commandId = randomUUID(),
  ): Promise<common.CommandResult> {
    return this.world.grpc.call(service, method, this.token, {
      ...request,
      header: { commandId, tenant: this.tenant },
    });
  }

  ask<Answer>(service: ServiceName, method: string, request: object): Promise<Answer> {
    return this.world.grpc.call(service, method, this.token, { ...request, tenant: this.tenant });
  }

  /** The command must be refused with this reason. */
  async refused(reason: string, service: ServiceName, method: string, request: object): Promise<CallRefused> {
    try {
      await this.command(service, method, request);
    } catch (error) {
      if (error instanceof CallRefused && error.reason === reason) return error;
      throw new Error(`${service}.${method} should be refused with ${reason}`, { cause: error });
    }
    throw new Error(`${service}.${method} should be refused with ${reason}, but was accepted`);
  }

  /** Waits until the case stands in this queue. */
  queued(queue: 'SECOND_LINE' | 'THIRD_LINE', caseId: string): Promise<dispatch.QueueEntry> {
    return eventually(
      async () => {
        for (let pageToken = ''; ;) {
          const page = await this.ask<dispatch.ListQueueResponse>('Dispatch', 'ListQueue', {
            queue,
            pageSize: 200,
            pageToken,
          });
          const found = page.entries.find((entry) => entry.caseId === caseId);
          if (found !== undefined || page.nextPageToken === '') return found;
          pageToken = page.nextPageToken;
        }
      },
      { deadlineMs: 30_000 + this.world.patienceMs, what: `case ${caseId} in queue ${queue}` },
    );
  }

  async trail(caseIdOrNumber: string): Promise<{
    readonly entries: readonly TrailEntry[];
    readonly caseNumber: string;
    readonly state: Readonly<Record<string, unknown>>;
  }> {
    const trail = await this.ask<history.Trail>('History', 'GetTrail', { case: caseIdOrNumber });
    const entries = trail.entries.map(({ revision, type, line, actor, dataJson }) => ({
      revision,
      type,
      line,
      actor,
      data: JSON.parse(dataJson) as Record<string, unknown>,
    }));
    return {
      entries,
      caseNumber: trail.caseNumber,
      state: JSON.parse(trail.stateJson) as Record<string, unknown>,
    };
  }

  /** Waits until the trail holds these event types in this order (others may stand between). */
  async trailWith(caseIdOrNumber: string, ...types: readonly string[]): Promise<readonly TrailEntry[]> {
    let last: readonly string[] = [];
    try {
      return await eventually(
        async () => {
          const { entries } = await this.trail(caseIdOrNumber);
          last = entries.map((entry) => entry.type);
          return isSubsequence(types, last) ? entries : undefined;
        },
        { deadlineMs: 30_000 + this.world.patienceMs },
      );
    } catch (cause) {
      throw new Error(`expected ${types.join(' → ')} in the trail, found ${last.join(' → ')}`, { cause });
    }
  }

  /**
   * Waits until so many messages were asked for because of this event, and every one of them was sent. Messages of earlier events may be sent
   * later than it: their `NotificationSent` says nothing.
   */
  async toldOf(caseNumber: string, trigger: string, messages: number): Promise<void> {
    await eventually(
      async () => {
        const { entries } = await this.trail(caseNumber);
        const idsOf = (type: string): unknown[] =>
          entries
            .filter((entry) => entry.type === type && entry.data['trigger'] === trigger)
            .map(({ data }) => data['messageId']);
        const [asked, sent] = [idsOf('NotificationRequested'), new Set(idsOf('NotificationSent'))];
        return asked.length >= messages && asked.every((id) => sent.has(id));
      },
      {
        deadlineMs: 30_000 + this.world.patienceMs,
        what: `NotificationSent of all ${messages} messages of ${trigger} in ${caseNumber}`,
      },
    );
  }

  async messagesOf(caseId: string): Promise<readonly notification.Message[]> {
    return (await this.ask<notification.ListMessagesResponse>('Notification', 'ListMessages', { caseId }))
      .messages;
  }
}

function isSubsequence(wanted: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const type of all) if (type === wanted[at]) at += 1;
  return at === wanted.length;
}
