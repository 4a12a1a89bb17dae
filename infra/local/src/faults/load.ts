import { randomUUID } from 'node:crypto';
import { pause } from './waiting';

export interface Acknowledged {
  readonly caseId: string;
  readonly caseNumber: string;
  /** The reporter’s, used for this report only. */
  readonly phone: string;
}

const everyMs = 500;
const mostInFlight = 8;
const givesUpAfterMs = 180_000;
const requestWithinMs = 10_000;

/** Citizens who report, all the time, and repeat the same request until it is acknowledged, as their pages do. */
export class Load {
  readonly acknowledged: Acknowledged[] = [];
  readonly problems: string[] = [];
  /** Requests that were not answered or refused for now, and repeated. */
  repeated = 0;
  private running = true;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly loop: Promise<void>;

  /** `nextPhone`: the last digits of a phone number that nobody has yet. */
  constructor(
    private readonly intakeUrl: () => string,
    private readonly nextPhone: () => number,
  ) {
    this.loop = this.run();
  }

  /** No further reports; resolves when those under way are acknowledged. */
  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
    await Promise.all(this.inFlight);
  }

  private async run(): Promise<void> {
    while (this.running) {
      await pause(everyMs);
      if (this.inFlight.size >= mostInFlight) continue;
      const report = this.report().finally(() => this.inFlight.delete(report));
      this.inFlight.add(report);
    }
  }

  private async report(): Promise<void> {
    const key = randomUUID();
    const phone = `+9689${String(1_000_000 + (this.nextPhone() % 8_000_000))}`;
    const body = JSON.stringify({
      channel: 'WEB_PORTAL',
      form: { caseType: 'NOTE', category: 'WATER', language: 'ar', details: 'تسرب مياه', phone },
    });
    for (const end = Date.now() + givesUpAfterMs; Date.now() < end; await pause(500)) {
      const answer = await this.post(key, body);
      if (answer === undefined) {
        this.repeated += 1;
        continue;
      }
      if (answer.status === 201)
        this.acknowledged.push({
          caseId: answer.body.reportId,
          caseNumber: answer.body.caseNumber,
          phone,
        });
      else this.problems.push(`a report was answered ${answer.status} ${answer.body.code ?? ''}`);
      return;
    }
    this.problems.push(`a report was not acknowledged within ${givesUpAfterMs / 1000} s`);
  }

  /** Undefined: no answer, or “try again”. */
  private async post(
    key: string,
    body: string,
  ): Promise<{ readonly status: number; readonly body: Answer } | undefined> {
    try {
      const answer = await fetch(`${this.intakeUrl()}/v1/MUS/reports`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body,
        signal: AbortSignal.timeout(requestWithinMs),
      });
      const told = (await answer.json()) as Answer;
      return answer.status === 503 || answer.status === 429
        ? undefined
        : { status: answer.status, body: told };
    } catch {
      return undefined;
    }
  }
}

interface Answer {
  readonly reportId: string;
  readonly caseNumber: string;
  readonly code?: string;
}
