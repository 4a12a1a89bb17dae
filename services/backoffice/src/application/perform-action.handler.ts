import { type Action, type Principal, InvalidMessage, Rejected, authorise, namedUuid } from '@balagh/runtime';
import { type Logger } from 'pino';
import { definitionOfAction } from '../domain/action-catalogue';
import { actionRequest, formRequest } from '../domain/action-request';
import { type CommandAnswer, type Commands } from './commands.port';
import { type ProjectCase } from './project-case.handler';

/** Who sends, for which organisation, and under which command id. */
export interface Sending {
  readonly principal: Principal;
  readonly accessToken: string;
  readonly tenant: string;
  /** The `Idempotency-Key`: sending it again repeats nothing. */
  readonly commandId: string;
}

export interface AskedAction {
  readonly caseId: string;
  readonly action: string;
  /** Decision version that the person saw. */
  readonly decisionVersion: number;
  readonly answers: Readonly<Record<string, unknown>>;
}

export interface Evidence {
  readonly caseId: string;
  readonly decisionVersion: number;
  readonly kind: string;
  readonly content: Uint8Array;
}

/**
 * Forwards what a person does to the service that decides it, and refreshes the row before answering, so that the next
 * list shows it. A refresh that fails is left to the feed.
 */
export class PerformAction {
  constructor(
    private readonly commands: Commands,
    private readonly projection: ProjectCase,
    private readonly log: Logger,
  ) {}

  /** Opens a page (MUS-08) and, when answers are given, writes them into its form. */
  async open(
    sending: Sending,
    page: {
      channel: string;
      contactReference?: string | undefined;
      form?: Readonly<Record<string, unknown>> | undefined;
    },
  ): Promise<CommandAnswer> {
    authorise(sending.principal, 'case.open', sending.tenant);
    const request = {
      header: headerOf(sending),
      channel: page.channel,
      contactReference: page.contactReference ?? '',
    };
    const opened = await this.send(sending, { service: 'intake', method: 'openCase', request });
    if (page.form === undefined) return opened;
    const second = { ...sending, commandId: namedUuid(sending.commandId, 'fill') };
    const fill = { header: headerOf(second), caseId: opened.caseId, form: formRequest(page.form) };
    return this.send(second, { service: 'intake', method: 'fillForm', request: fill });
  }

  /** What the permission table calls this act; for one that does not exist, seeing the case. */
  permissionOf(action: string): Action {
    return (definitionOfAction(action)?.permission ?? 'case.view') as Action;
  }

  /** @throws Rejected ACTION_UNKNOWN, and whatever the deciding service answers */
  async perform(sending: Sending, asked: AskedAction): Promise<CommandAnswer> {
    const definition = definitionOfAction(asked.action);
    if (definition === undefined || definition.action === 'attach')
      throw new Rejected({ code: 'ACTION_UNKNOWN', reason: 'missing' });
    const answers = actionRequest(asked.action, asked.answers);
    if (answers.kind === 'invalid') throw new InvalidMessage('ANSWERS_INVALID', answers.problems);
    const request = {
      header: headerOf(sending, asked.decisionVersion),
      caseId: asked.caseId,
      ...answers.request,
    };
    return this.send(sending, { service: definition.service, method: definition.method, request });
  }

  /** Hands evidence to intake, which checks size and true type (MUS-04). */
  async attach(sending: Sending, evidence: Evidence): Promise<CommandAnswer> {
    authorise(sending.principal, 'case.attach', sending.tenant);
    const { caseId, kind, content, decisionVersion } = evidence;
    const request = { header: headerOf(sending, decisionVersion), caseId, kind, content };
    return this.send(sending, { service: 'intake', method: 'addAttachment', request });
  }

  private async send(
    sending: Sending,
    command: Omit<Parameters<Commands['send']>[0], 'accessToken'>,
  ): Promise<CommandAnswer> {
    const { caseId: asked } = command.request;
    const entry = {
      commandId: sending.commandId,
      tenant: sending.tenant,
      account: sending.principal.subject,
      method: command.method,
    };
    try {
      const answer = await this.commands.send({ ...command, accessToken: sending.accessToken });
      this.log.info({ event: 'command.forwarded', ...entry, caseId: answer.caseId, events: answer.events });
      await this.refresh(answer.caseId);
      return answer;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
      this.log.info({ event: 'command.refused', ...entry, code });
      if (typeof asked === 'string') await this.refresh(asked);
      throw error;
    }
  }

  private async refresh(caseId: string): Promise<void> {
    try {
      await this.projection.refresh(caseId);
    } catch {
      this.log.debug({ event: 'case-row.refresh-skipped', caseId });
    }
  }
}

function headerOf(sending: Sending, expectedDecisionVersion = 0) {
  const { commandId, tenant } = sending;
  return { commandId, tenant, expectedDecisionVersion, correlationId: '', occurredAt: '' };
}
