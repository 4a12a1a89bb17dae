import { Controller, Get, Inject, type OnModuleDestroy, Param, Req, Res } from '@nestjs/common';
import { authorise, principalOfRequest } from '@balagh/runtime';
import type { Request, Response } from 'express';
import { LiveUpdates } from '../../application/live-updates';
import { staffOf } from '../../application/staff-of';

const heartbeatMs = 25_000;
/** A screen reconnects after this time, so that an ended session or a lost right is noticed. */
const longestMs = 15 * 60_000;

/** Server-sent events: which case changed. Lists and pages read again what they show. */
@Controller('api/tenants/:tenant/events')
export class LiveController implements OnModuleDestroy {
  private readonly open = new Set<() => void>();

  constructor(@Inject(LiveUpdates) private readonly live: LiveUpdates) {}

  @Get()
  follow(@Req() request: Request, @Res() response: Response, @Param('tenant') tenant: string): void {
    const principal = principalOfRequest(request);
    authorise(principal, 'case.view', tenant);
    const send = (event: string, data: object): void =>
      void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const leave = this.live.join({
      tenant,
      staff: staffOf(principal),
      send: (update) => send('case', update),
    });
    if (leave === undefined) {
      response.status(503).setHeader('retry-after', '30').end();
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    send('hello', {});
    const beat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
    const end = setTimeout(() => close(), longestMs);
    const close = (): void => {
      clearInterval(beat);
      clearTimeout(end);
      leave();
      this.open.delete(close);
      response.end();
    };
    this.open.add(close);
    request.on('close', close);
  }

  /** The HTTP server waits for open answers when it stops: these would never end by themselves. */
  onModuleDestroy(): void {
    for (const close of [...this.open]) close();
  }
}
