import { type Client, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type Action, type Role, permissions } from '@balagh/runtime';
import { type Pool } from 'pg';
import { type Operation, accounts, actionOf } from './operations';

export const codePattern = /^[A-Z][A-Z0-9_]{2,63}$/;

export interface Answer {
  /** gRPC status. */
  readonly code: number;
  readonly reason: string;
}

/** Sends bytes as they are. */
export const send = (
  client: Client,
  operation: Operation,
  bytes: Buffer,
  token?: string,
): Promise<Answer> => {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return new Promise((resolve) => {
    const same = (value: Buffer): Buffer => value;
    const settle = (error: ServiceError | null): void =>
      resolve({
        code: error?.code ?? status.OK,
        reason: String(error?.metadata.get('error-reason')[0] ?? (error === null ? '' : error.details)),
      });
    if (operation.name !== 'History.VerifyCases') {
      client.makeUnaryRequest(
        operation.path,
        same,
        same,
        bytes,
        metadata,
        { deadline: Date.now() + 20_000 },
        settle,
      );
      return;
    }
    const stream = client.makeServerStreamRequest(operation.path, same, same, bytes, metadata, {
      deadline: Date.now() + 20_000,
    });
    stream
      .on('data', () => undefined)
      .on('error', (error) => settle(error as ServiceError))
      .on('end', () => settle(null));
  });
};

/** Rows of every table but the bookkeeping that goes on by itself, and the records of refusals, which bad input leads to. */
export async function rowsWritten(database: Pool): Promise<Record<string, number>> {
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('eventstore','keys','intake','routing','dispatch','notification','history','backoffice')
       and tablename !~ 'feed|lease|relay|progress|session' order by 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables.rows) {
    const but = /^eventstore\.(events|streams)$/.test(name) ? `where stream not like 'access-%'` : '';
    const { rows } = await database.query<{ count: string }>(`select count(*) from ${name} ${but}`);
    counts[name] = Number(rows[0]?.count);
  }
  return counts;
}

const faults: readonly number[] = [
  status.INTERNAL,
  status.UNKNOWN,
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
];

/** An answer that is the service's fault, or that a client cannot branch on. */
export const faulty = ({ code, reason }: Answer): boolean =>
  code !== status.OK && (faults.includes(code) || !codePattern.test(reason));

/** An account that gets past the guard, so that what comes after it is tried. */
export function permittedAccount({ name }: Operation): readonly [account: string, tenant: string] {
  const found = Object.entries(accounts).find(
    ([role, [, tenant]]) =>
      tenant === 'MUS' &&
      permissions[role as Role].includes(actionOf[name] as Action) &&
      (role === 'PARTNER') === name.startsWith('Partner.'),
  );
  return found?.[1] ?? ['mus.agent', 'MUS'];
}
