import { type Endpoints } from './system';

/** The last thing a starting system says: where to go. */
export function banner(endpoints: Endpoints, seconds: number, memoryMb: number): string {
  const rows: readonly (readonly [string, string])[] = [
    ['back office', `${endpoints.backofficeUrl}   (sign in: the page lists the demo accounts)`],
    ['citizens', endpoints.intakeUrl],
    ['OpenAPI', `${endpoints.intakeUrl}/openapi.json`],
    ['messages sent', endpoints.simulatorsUrl],
    [
      'gRPC',
      Object.entries(endpoints.grpc)
        .map(([name, address]) => `${name} ${address}`)
        .join('   '),
    ],
    [
      'agencies',
      `${endpoints.partner.address}   (gRPC over mutual TLS; demo certificates beside ${endpoints.partner.caFile})`,
    ],
    [
      'feed',
      endpoints.feed === 'kafka'
        ? `Apache Kafka at ${endpoints.kafkaBrokers ?? ''}`
        : 'straight from the event store',
    ],
  ];
  const body = rows.map(([name, value]) => `  ${name.padEnd(14)} ${value}`).join('\n');
  return `\nبلاغ · Balagh is running (${seconds.toFixed(1)} s, ${memoryMb} MB)\n\n${body}\n\n  Ctrl-C stops it; data is kept. A case’s history: npm run case -- --help\n`;
}
