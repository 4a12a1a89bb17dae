import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Public, Unlimited } from '../access/route-access';
import { type HealthReport } from '../platform/platform';

/** Nest injection token of what readiness asks. */
export const READINESS = Symbol('balagh.readiness');

export interface Readiness {
  /** False from the moment that shutdown begins. */
  readonly accepting: boolean;
  check(): Promise<HealthReport>;
}

interface Reply {
  status(code: number): Reply;
  json(body: unknown): void;
}

/** `/healthz`: the process lives. `/readyz`: it can answer now. Open, and of interest to machines only. */
@Public()
@Unlimited()
@Controller()
export class HealthController {
  constructor(@Inject(READINESS) private readonly readiness: Readiness) {}

  @Get('healthz')
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  @Get('readyz')
  async ready(@Res() reply: Reply): Promise<void> {
    const report = await this.readiness.check();
    const ready = report.ready && this.readiness.accepting;
    reply.status(ready ? 200 : 503).json({ ...report, ready });
  }
}
