/** Sends a command to the service that decides it, as the person at the screen. */
export interface Commands {
  /**
   * The same command id may be sent again: it repeats nothing.
   * @throws Rejected, InvalidMessage, AccessDenied, Unauthenticated as the service answered; CommandUnavailable (retriable)
   */
  send(command: ForwardedCommand): Promise<CommandAnswer>;
}

export interface ForwardedCommand {
  readonly service: 'intake' | 'routing' | 'dispatch';
  /** Method of the contract in lower camel case, e.g. `referCase`. */
  readonly method: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly accessToken: string;
}

export interface CommandAnswer {
  readonly caseId: string;
  readonly decisionVersion: number;
  readonly caseNumber: string;
  readonly events: readonly string[];
}

/** The service could not be asked; nothing is known to have happened. Sending the same command again is safe. */
export class CommandUnavailable extends Error {
  readonly retriable = true;
  readonly code = 'SERVICE_UNAVAILABLE';
  constructor(readonly service: string) {
    super(`${service} did not answer`);
    this.name = 'CommandUnavailable';
  }
}
