import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

/** Everything this installation keeps: databases, keys, attachments, logs, secrets made at first start. */
export interface DataDirectory {
  readonly path: string;
  readonly postgres: string;
  readonly kafka: string;
  readonly identity: string;
  readonly attachments: string;
  readonly logs: string;
  readonly keyFile: string;
  /** Certificates of the agencies' entrance. */
  readonly tls: string;
  readonly endpoints: string;
  readonly secrets: Secrets;
}

export interface Secrets {
  /** Makes the password of each database role. */
  readonly rolePassword: string;
  /** Signs the browser's session cookie. */
  readonly session: string;
  /** Signs report tokens given to citizens. */
  readonly reportToken: string;
}

export const projectRoot = resolve(__dirname, '../../..');

export function openDataDirectory(path = join(projectRoot, '.balagh')): DataDirectory {
  const home = resolve(path);
  for (const dir of ['identity', 'attachments', 'logs', 'cache'])
    mkdirSync(join(home, dir), { recursive: true });
  return {
    path: home,
    postgres: postgresHome(home),
    kafka: join(home, 'kafka'),
    identity: join(home, 'identity'),
    attachments: join(home, 'attachments'),
    logs: join(home, 'logs'),
    keyFile: join(home, 'keys.json'),
    tls: join(home, 'tls'),
    endpoints: join(home, 'endpoints.json'),
    secrets: readSecrets(join(home, 'secrets.json')),
  };
}

/** As root the server runs under another account, which may not be able to enter the project's folder. */
export function postgresHome(home: string): string {
  if (process.getuid?.() !== 0) return join(home, 'postgres');
  const name = createHash('sha256').update(home).digest('hex').slice(0, 12);
  const outside = `/var/tmp/balagh-${name}`;
  mkdirSync(outside, { recursive: true, mode: 0o755 });
  return join(outside, 'postgres');
}

function readSecrets(file: string): Secrets {
  if (!existsSync(file)) {
    const secret = (): string => randomBytes(24).toString('base64url');
    const fresh: Secrets = { rolePassword: secret(), session: secret(), reportToken: secret() };
    writeFileSync(file, JSON.stringify(fresh, null, 2), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
}
