import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { BlockList } from 'node:net';
import { Public, Unlimited } from '../access/route-access';
import { type Telemetry } from './telemetry';

/** Nest injection token of the process's telemetry. */
export const TELEMETRY = Symbol('balagh.telemetry');

const inside = new BlockList();
inside.addSubnet('127.0.0.0', 8, 'ipv4');
inside.addSubnet('10.0.0.0', 8, 'ipv4');
inside.addSubnet('172.16.0.0', 12, 'ipv4');
inside.addSubnet('192.168.0.0', 16, 'ipv4');
inside.addAddress('::1', 'ipv6');
inside.addSubnet('fc00::', 7, 'ipv6');

/**
 * `/metrics` for Prometheus: counts and times by tenant, queue, consumer and route, nothing personal. Open like health, but
 * only to callers on this machine or its private network that came through no proxy; for everyone else it is not there.
 */
@Public()
@Unlimited()
@Controller()
export class MetricsController {
  constructor(@Inject(TELEMETRY) private readonly telemetry: Telemetry | undefined) {}

  @Get('metrics')
  metrics(@Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    if (this.telemetry !== undefined && isInside(request)) {
      this.telemetry.serveMetrics(request, response);
      return;
    }
    response.statusCode = 404;
    response.end();
  }
}

function isInside({ headers, socket }: IncomingMessage): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined) return false;
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return inside.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
