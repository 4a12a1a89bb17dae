import { type SmtpSession } from './smtp-session';

/** Then a connection is closed: servers dislike those that never end. */
const mostMails = 100;

/** Connections that wait for a next mail, each for a bounded time; as many as mails were under way at once, at most. */
export class IdleSessions {
  private readonly waiting = new Map<SmtpSession, NodeJS.Timeout>();
  private closed = false;

  constructor(private readonly idleMs: number) {}

  keep(session: SmtpSession): void {
    if (this.closed || this.idleMs === 0 || session.handedOver >= mostMails) return session.quit();
    const timer = setTimeout(() => {
      this.waiting.delete(session);
      session.quit();
    }, this.idleMs);
    this.waiting.set(session, timer.unref());
  }

  /** The one that was used last: under a small load the others reach their end. */
  take(): SmtpSession | undefined {
    const last = [...this.waiting].at(-1);
    if (last === undefined) return undefined;
    const [session, timer] = last;
    clearTimeout(timer);
    this.waiting.delete(session);
    return session;
  }

  close(): void {
    this.closed = true;
    for (const [session, timer] of this.waiting) {
      clearTimeout(timer);
      session.close();
    }
    this.waiting.clear();
  }
}
