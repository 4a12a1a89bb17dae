import { type AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { type Fault } from './faults';
import { type SentMessages } from './sent-messages';

const MAX_BYTES = 2_000_000;

/** A mail server that keeps what it gets. `answer-late` and `hang` act after the text was received. */
export async function startMailSink(options: {
  host: string;
  port: number;
  sent: SentMessages;
  fault: Fault;
}): Promise<{ port: number; stop(): Promise<void> }> {
  const { host, port, sent, fault } = options;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: MAX_BYTES,
    maxClients: 200,
    socketTimeout: 60_000,
    closeTimeout: 500,
    disableReverseLookup: true,
    onData: (stream, session, done) => {
      receive(stream, { sent, fault, to: session.envelope.rcptTo.map((r) => r.address) }).then(
        done,
        (error: unknown) => {
          done(error instanceof Error ? error : new Error('mail could not be read'));
        },
      );
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  const bound = (server.server.address() as AddressInfo).port;
  return { port: bound, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function receive(
  stream: SMTPServerDataStream,
  into: { sent: SentMessages; fault: Fault; to: string[] },
): Promise<null> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  const mode = into.fault.take();
  if (mode === 'unavailable') throw refusal(451, 'try again later');
  if (mode === 'reject') throw refusal(550, 'refused');
  if (mode === 'hang') return new Promise(() => undefined);
  const mail = await PostalMime.parse(Buffer.concat(chunks));
  const reference = /^<?([^@>]+)@/.exec(mail.messageId ?? '')?.[1] ?? '';
  for (const to of into.to) {
    into.sent.countSubmission('EMAIL', reference);
    const subject = mail.subject === undefined ? {} : { subject: mail.subject };
    into.sent.accept({ channel: 'EMAIL', reference, to, ...subject, text: (mail.text ?? '').trimEnd() });
  }
  if (mode === 'cut-after-accept' || mode === 'answer-late') return new Promise(() => undefined);
  return null;
}

function refusal(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
