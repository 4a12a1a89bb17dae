import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port';

/** Listeners for named users over TLS. Users are made when the broker's data directory is. */
export interface SecuredListeners {
  /** PEM files of the broker's certificate, its key (PKCS #8), and the authority of clients' certificates. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  /** Passwords of users, for SCRAM-SHA-512 and PLAIN. */
  readonly users: Readonly<Record<string, string>>;
}

interface SecuredSettings {
  readonly settings: Readonly<Record<string, string>>;
  readonly addresses: { readonly sasl: string; readonly mutualTls: string };
}

/** A value that begins with a comma is added to the one that the template has. */
export function withSettings(template: string, more: Readonly<Record<string, string>>): string {
  const known = new Set<string>();
  const lines = template.split('\n').map((line) => {
    const [name = ''] = line.split('=');
    const value = more[name];
    if (value === undefined) return line;
    known.add(name);
    return value.startsWith(',') ? `${line}${value}` : `${name}=${value}`;
  });
  const added = Object.entries(more)
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => `${name}=${value}`);
  return [...lines, ...added, ''].join('\n');
}

/** Nobody may do anything without an ACL but those who come in clear, who are on this machine. */
export async function securedSettings(dataDir: string, secured: SecuredListeners): Promise<SecuredSettings> {
  const [sasl, mutualTls] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const keystore = join(dataDir, 'keystore.pem');
  const pair = [readFileSync(secured.keyFile, 'utf8'), readFileSync(secured.certFile, 'utf8')];
  writeFileSync(keystore, pair.join('\n'), { mode: 0o600 });
  const users = Object.entries(secured.users).map(([name, password]) => `user_${name}="${password}"`);
  const security = 'org.apache.kafka.common.security';
  const settings = {
    listeners: `,SASL://${sasl},MUTUAL://${mutualTls}`,
    'advertised.listeners': `,SASL://${sasl},MUTUAL://${mutualTls}`,
    'listener.security.protocol.map': ',SASL:SASL_SSL,MUTUAL:SSL',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keystore,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': secured.caFile,
    'ssl.principal.mapping.rules': 'RULE:^CN=([^,]+).*$/$1/,DEFAULT',
    'listener.name.mutual.ssl.client.auth': 'required',
    'listener.name.sasl.sasl.enabled.mechanisms': 'SCRAM-SHA-512,PLAIN',
    'listener.name.sasl.scram-sha-512.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
    'listener.name.sasl.plain.sasl.jaas.config': `${security}.plain.PlainLoginModule required ${users.join(' ')};`,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
  };
  return { settings, addresses: { sasl, mutualTls } };
}

/** Arguments of the tool that formats the storage. */
export function scramCredentials(secured: SecuredListeners | undefined): string[] {
  return Object.entries(secured?.users ?? {}).flatMap(([name, password]) => [
    '--add-scram',
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
}
