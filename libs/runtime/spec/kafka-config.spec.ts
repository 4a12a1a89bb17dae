import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigInvalid, kafkaConfig, kafkaSecurityOf } from '../src';

const user = { KAFKA_SASL_USERNAME: 'kafka-intake', KAFKA_SASL_PASSWORD: 'topsecret' };

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    kafkaConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    expect(error.message).not.toContain('topsecret');
    return error.problems.map((problem) => problem.split(':')[0] ?? '');
  }
}

describe('the settings of Kafka', () => {
  it.each<[string, Record<string, string>]>([
    ['nothing: in clear, as nobody', {}],
    ['TLS alone', { KAFKA_TLS: 'on' }],
    ['a user without TLS, whose password is not sent', { KAFKA_SASL_MECHANISM: 'scram-sha-512', ...user }],
    ['a plain password over TLS', { KAFKA_TLS: 'on', KAFKA_SASL_MECHANISM: 'plain', ...user }],
    ['a certificate', { KAFKA_TLS: 'on', KAFKA_TLS_CERT_FILE: '/cert', KAFKA_TLS_KEY_FILE: '/key' }],
  ])('take %s', (_, env) => {
    expect(problemsOf(env)).toEqual([]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['files without TLS', { KAFKA_TLS_CA_FILE: '/ca' }, ['KAFKA_TLS']],
    ['a certificate without its key', { KAFKA_TLS: 'on', KAFKA_TLS_CERT_FILE: '/c' }, ['KAFKA_TLS_KEY_FILE']],
    ['a key without its certificate', { KAFKA_TLS: 'on', KAFKA_TLS_KEY_FILE: '/k' }, ['KAFKA_TLS_CERT_FILE']],
    ['a user without a mechanism', user, ['KAFKA_SASL_MECHANISM']],
    [
      'a mechanism without a user',
      { KAFKA_SASL_MECHANISM: 'scram-sha-512' },
      ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'],
    ],
    ['a plain password in clear', { KAFKA_SASL_MECHANISM: 'plain', ...user }, ['KAFKA_SASL_MECHANISM']],
    ['a word that is neither on nor off', { KAFKA_TLS: 'true' }, ['KAFKA_TLS']],
  ])('refuse %s, by name', (_, env, expected) => {
    expect(problemsOf(env)).toEqual(expected);
  });

  it('read the files once, at start', () => {
    const folder = mkdtempSync(join(tmpdir(), 'balagh-kafka-files-'));
    writeFileSync(join(folder, 'ca.crt'), 'authority');
    const config = kafkaConfig({
      KAFKA_TLS: 'on',
      KAFKA_TLS_CA_FILE: join(folder, 'ca.crt'),
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      ...user,
    });
    expect(kafkaSecurityOf(config)).toEqual({
      tls: { ca: 'authority' },
      sasl: { mechanism: 'scram-sha-512', username: 'kafka-intake', password: 'topsecret' },
    });
    expect(kafkaSecurityOf(kafkaConfig({}))).toEqual({});
    rmSync(folder, { recursive: true });
    expect(() => kafkaSecurityOf(config)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
