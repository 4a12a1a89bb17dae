import { type CaseEvent, type StoredEvent, caseStream } from '@balagh/case-events';
import { type CommandContext } from '@balagh/event-store';
import { type Profile } from '@balagh/profile';
import { type Platform, createMemoryPlatform, manualClock, namedUuid } from '@balagh/runtime';
import { type Answered } from '../src/application/case-desk';
import { Intake } from '../src/application/intake';
import { type PersonalAnswers, type PlainForm, personalFields } from '../src/application/plain-form';
import { type MemoryOutbound, memoryOutbound } from './memory-outbound';

/** Intake over memory, a clock that stands, and one agent of line 1. */
export class IntakeUnderTest {
  readonly clock: ReturnType<typeof manualClock>;
  readonly platform: Platform;
  readonly outbound: MemoryOutbound;
  readonly intake: Intake;
  private commands = 0;

  constructor(
    readonly tenant: string,
    profiles: readonly Profile[],
    at = '2026-01-04T06:00:00.000Z',
    parts: Partial<MemoryOutbound> = {},
    beside?: IntakeUnderTest,
  ) {
    this.clock = beside?.clock ?? manualClock(at);
    this.platform = createMemoryPlatform({
      service: 'intake',
      author: 'intake',
      profiles,
      clock: this.clock,
      ...(beside !== undefined && { beside: beside.platform }),
    });
    this.outbound = { ...(beside?.outbound ?? memoryOutbound()), ...parts };
    const { streams, privacy, eventStore } = this.platform;
    const now = (): string => this.clock.now().toISOString();
    this.intake = new Intake(
      { streams, privacy, profiles: this.platform.profiles, now, derivedId: namedUuid },
      eventStore,
      this.outbound,
    );
  }

  /** Another process over the same store, tables and keys; it remembers nothing. */
  replica(): IntakeUnderTest {
    return new IntakeUnderTest(this.tenant, [], undefined, {}, this);
  }

  /** The agent's next command; the n-th one has the n-th id. */
  context(changes: Partial<CommandContext> = {}): CommandContext {
    this.commands += 1;
    const commandId =
      changes.commandId ?? `00000000-0000-4000-8000-${String(this.commands).padStart(12, '0')}`;
    return {
      commandId,
      tenant: this.tenant,
      actor: { kind: 'staff', id: 'agent.one', organisation: this.tenant },
      line: '1',
      correlationId: 'contact-1',
      causationId: commandId,
      ...changes,
    };
  }

  async opened(channel: string, answers: PlainAnswers = {}, contactReference?: string): Promise<string> {
    const { caseId, outcome } = await this.intake.open.handle(this.context(), {
      channel,
      ...(contactReference !== undefined && { contactReference }),
    });
    if (outcome.kind === 'rejected') throw new Error(outcome.rejection.code);
    if (Object.keys(answers).length > 0) mustAccept(await this.fill(caseId, answers));
    return caseId;
  }

  fill(caseId: string, answers: PlainAnswers): Promise<Answered> {
    return this.intake.fill.handle(this.context(), { caseId, form: plain(answers) });
  }

  register(caseId: string): Promise<Answered> {
    return this.intake.register.handle(this.context(), { caseId });
  }

  async events(caseId: string): Promise<readonly StoredEvent[]> {
    return (await this.platform.streams.load<CaseEvent>(caseStream(caseId))).events;
  }

  async types(caseId: string): Promise<readonly string[]> {
    return (await this.events(caseId)).map((event) => event.type);
  }
}

type PlainAnswers = PlainForm['open'] & PersonalAnswers;

export function plain(answers: PlainAnswers): PlainForm {
  const isPersonal = ([field]: readonly [string, unknown]): boolean =>
    (personalFields as readonly string[]).includes(field);
  const entries = Object.entries(answers);
  return {
    open: Object.fromEntries(entries.filter((entry) => !isPersonal(entry))),
    personal: Object.fromEntries(entries.filter(isPersonal)),
  };
}

export function mustAccept(answered: Answered): Answered {
  if (answered.outcome.kind === 'rejected') throw new Error(`refused: ${answered.outcome.rejection.code}`);
  return answered;
}

export function codeOf({ outcome }: Answered): string | undefined {
  return outcome.kind === 'rejected' ? outcome.rejection.code : undefined;
}
