import { parseArgs } from 'node:util';

export interface LaunchOptions {
  /** Play the stories through the public interfaces, print one line of JSON, stop. */
  readonly smoke: boolean;
  /** Feed over a real Kafka broker instead of straight from the event store. */
  readonly kafka: boolean;
  /** Data that is kept between starts. Default `.balagh`. */
  readonly dataDir: string | undefined;
  /** First of the ports used; 0: all free ones. */
  readonly port: number;
  readonly help: boolean;
}

export const usage = `Balagh on this machine: PostgreSQL, identity issuer, simulators and all services.

  npm start                    run on embedded defaults; Ctrl-C stops it, data is kept in .balagh
  npm start -- --kafka         the same over a real Kafka broker (KAFKA_BROKERS, else one started with Java 17)
  npm start -- --smoke         start, play the stories, print the result as one line of JSON, stop
  npm start -- --port 9000     use ports from 9000 on (default 8080; 0: any free ones)
  npm start -- --data DIR      keep data in DIR
  npm run reset                forget all data

Environment: DATABASE_URL uses that PostgreSQL (a superuser's address) instead of the embedded one;
KAFKA_BROKERS=host:port,… uses that Kafka. EVENT_STORE=kurrentdb with EVENT_STORE_URL keeps the events in that KurrentDB.
LOG_LEVEL=debug says more.`;

/** @throws an error that says which argument is wrong */
export function readOptions(argv: readonly string[]): LaunchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      smoke: { type: 'boolean', default: false },
      kafka: { type: 'boolean', default: false },
      data: { type: 'string' },
      port: { type: 'string', default: '8080' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_000)
    throw new Error(`--port ${values.port}: not a port`);
  return { smoke: values.smoke, kafka: values.kafka, dataDir: values.data, port, help: values.help };
}
