import { mkdirSync } from 'node:fs';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { type Express, type Request } from 'express';
import { Fault } from './faults';
import { gatewayRoutes, setFault } from './gateway';
import { startMailSink } from './mail-sink';
import { pageHeaders, pageHtml, pageScript } from './page';
import { type MessageQuery, SentMessages } from './sent-messages';

export interface SimulatorOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly httpPort: number;
  readonly smtpPort: number;
  /** Keeps the log of sent messages over restarts; absent: in memory only. */
  readonly dataDir?: string;
  /** Milliseconds from acceptance to delivery. Default 300. */
  readonly deliverAfterMs?: number;
}

export interface RunningSimulators {
  /** Gateways at `/sms`, `/whatsapp` and `/fax`; what was sent at `/`. */
  readonly httpUrl: string;
  readonly smtpUrl: string;
  stop(): Promise<void>;
}

/**
 * The outside world of a demo or a test: gateways for SMS, WhatsApp and fax, and a mail server. Nothing leaves the machine.
 * Never for production: it shows every text to whoever can reach it.
 */
export async function startSimulators(options: SimulatorOptions): Promise<RunningSimulators> {
  const { host, dataDir } = options;
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
  const file = dataDir === undefined ? undefined : join(dataDir, 'sent-messages.jsonl');
  const sent = new SentMessages(options.deliverAfterMs ?? 300, file);
  const mailFault = new Fault();
  const mail = await startMailSink({ host, port: options.smtpPort, sent, fault: mailFault });
  try {
    const server = await listen(application(sent, mailFault), host, options.httpPort);
    const { port } = server.address() as AddressInfo;
    return {
      httpUrl: `http://${host}:${port}`,
      smtpUrl: `smtp://${host}:${mail.port}`,
      stop: async () => {
        server.closeAllConnections();
        await Promise.all([new Promise((resolve) => server.close(resolve)), mail.stop()]);
        sent.close();
      },
    };
  } catch (error) {
    await mail.stop();
    sent.close();
    throw error;
  }
}

function application(sent: SentMessages, mailFault: Fault): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '100kb' }));
  app.use('/sms', gatewayRoutes('SMS', sent, new Fault()));
  app.use('/whatsapp', gatewayRoutes('WHATSAPP', sent, new Fault()));
  app.use('/fax', gatewayRoutes('FAX', sent, new Fault()));
  app.post('/mail/faults', (request, response) => setFault(mailFault, request, response));
  app.get('/messages', (request, response) => void response.json({ messages: sent.list(queryOf(request)) }));
  app.delete('/messages', (_, response) => {
    sent.clear();
    response.status(204).end();
  });
  app.get(
    '/page.js',
    (_, response) => void response.set(pageHeaders).type('text/javascript').send(pageScript),
  );
  app.get('/', (request, response) => {
    const language = request.query['lang'] === 'en' ? 'en' : 'ar';
    response.set(pageHeaders).type('html').send(pageHtml(language));
  });
  return app;
}

function queryOf(request: Request): MessageQuery {
  const text = (name: string): string | undefined => {
    const value = request.query[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const limit = Math.min(Math.max(Number(text('limit') ?? 100) || 100, 1), 10_000);
  const wanted = { to: text('to'), text: text('text'), channel: text('channel') };
  const given = Object.fromEntries(Object.entries(wanted).filter(([, v]) => v !== undefined));
  return { ...given, limit };
}

function listen(app: Express, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error?: Error) =>
      error === undefined ? resolve(server) : reject(error),
    );
  });
}
