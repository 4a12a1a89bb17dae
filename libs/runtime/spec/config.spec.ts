import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigInvalid, readConfig, serviceConfig } from '../src';

const enough = {
  DATABASE_URL: 'postgres://balagh_intake:x@127.0.0.1:5432/balagh',
  ISSUER_URL: 'http://127.0.0.1:4010',
};
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    serviceConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
};

describe('configuration from the environment', () => {
  it('needs a database and an issuer; the rest has defaults for a laptop', () => {
    const config = serviceConfig(enough);
    expect(config).toMatchObject({
      BALAGH_MODE: 'demo',
      HOST: '127.0.0.1',
      HTTP_PORT: 0,
      GRPC_PORT: 0,
      FEED: 'store',
      AUDIENCE: 'balagh',
      LOG_LEVEL: 'info',
    });
    expect(config.KEYS_URL).toBeUndefined();
  });

  it('lets drills disturb the feed in demo mode only', () => {
    const disturbed = { ...enough, FEED_FAULTS_FILE: '/tmp/faults.json' };
    expect(problemsOf(disturbed)).toEqual([]);
    const https = { ISSUER_URL: 'https://identity.example' };
    expect(problemsOf({ ...disturbed, ...https, BALAGH_MODE: 'production' })).toEqual([
      'FEED_FAULTS_FILE: exists in demo mode only',
    ]);
  });

  it('takes no secret of the demonstration in production, and no issuer without TLS', () => {
    const shown = { ...enough, DATABASE_URL: 'postgres://balagh_intake:balagh-demo@db:5432/balagh' };
    expect(problemsOf(shown)).toEqual([]);
    expect(
      problemsOf({ ...shown, ISSUER_URL: 'https://identity.example', BALAGH_MODE: 'production' }),
    ).toEqual(['DATABASE_URL: is a secret of the demonstration']);
    expect(problemsOf({ ...enough, ISSUER_URL: 'http://identity:8083', BALAGH_MODE: 'production' })).toEqual([
      'ISSUER_URL: must be https in production',
    ]);
  });

  it('every secret that infra/compose shows holds the word by which production knows it', () => {
    const compose = readFileSync(join(__dirname, '../../../infra/compose/compose.yaml'), 'utf8');
    const secrets = [...compose.matchAll(/(?:SECRET|PASSWORD): (\S+)|:\/\/\w+:([^@]+)@/g)].map(
      ([, secret, password]) => secret ?? password ?? '',
    );
    expect(secrets.length).toBeGreaterThan(10);
    expect(secrets.filter((secret) => !secret.includes('balagh-demo'))).toEqual([]);
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(serviceConfig(enough))).toBe(true);
  });

  it('names every problem at once, and no value', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://root:topsecret@db',
      HTTP_PORT: '99999',
      FEED: 'carrier-pigeon',
      LOG_LEVEL: '',
    });
    expect(problems).toHaveLength(4);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(
      ['DATABASE_URL', 'HTTP_PORT', 'ISSUER_URL', 'FEED'].sort((a, b) => order(a) - order(b)),
    );
    expect(problems.join()).not.toMatch(/topsecret|99999|pigeon/);
  });

  it('needs a key file with the keys’ database, and brokers with Kafka', () => {
    expect(problemsOf({ ...enough, KEYS_URL: 'postgres://x@127.0.0.1/balagh', FEED: 'kafka' })).toEqual([
      'KEK_FILE: is missing',
      'KAFKA_BROKERS: is missing',
    ]);
  });

  it('takes the event store by one setting, with a URL of that store', () => {
    const kurrent = 'kurrentdb://user:word@127.0.0.1:2113';
    expect(serviceConfig(enough).EVENT_STORE).toBe('postgres');
    expect(problemsOf({ ...enough, EVENT_STORE: 'kurrentdb', EVENT_STORE_URL: kurrent })).toEqual([]);
    expect(problemsOf({ ...enough, EVENT_STORE: 'kurrentdb' })).toEqual(['EVENT_STORE_URL: is missing']);
    for (const env of [
      { EVENT_STORE_URL: kurrent },
      { EVENT_STORE: 'kurrentdb', EVENT_STORE_URL: 'postgres://x@127.0.0.1/balagh' },
    ]) {
      expect(problemsOf({ ...enough, ...env })).toHaveLength(1);
    }
  });

  it('reads a service’s own settings by its own schema and takes empty as absent', () => {
    const schema = z.object({ SMTP_URL: z.url(), RETRIES: z.coerce.number().default(3) });
    expect(readConfig(schema, { SMTP_URL: 'smtp://127.0.0.1:25', RETRIES: '', OTHER: 'x' })).toEqual({
      SMTP_URL: 'smtp://127.0.0.1:25',
      RETRIES: 3,
    });
  });
});

/** Order of the schema. */
function order(name: string): number {
  return ['HTTP_PORT', 'DATABASE_URL', 'FEED', 'ISSUER_URL'].indexOf(name);
}
