import { createHash } from 'node:crypto';
import { type ClientBase } from 'pg';
import { type PreparedAnswer, PreparedQuery } from './prepared-query';

/** More texts than a service has; what a generator of statements makes beyond that goes unprepared. */
const mostTexts = 200;

/** Of a statement's text, in this process: its name, with what counts the times it had to be prepared anew. */
const names = new Map<string, string>();

/** PostgreSQL: "cached plan must not change result type", after a table has been changed beneath a prepared statement. */
const planOutdated = '0A000';

type Query = (text: unknown, values?: unknown, ...rest: unknown[]) => unknown;

/**
 * Makes a connection prepare what is asked of it with parameters, once each: the server then parses it once and, where that is no worse,
 * plans it once, and describes its rows once. TypeORM cannot name its statements. To be given to a pool as what it does with each new
 * connection.
 *
 * A statement that outlived a change of its table fails once, retriably, and is then prepared under another name.
 */
export function preparesStatements(client: ClientBase): void {
  const query = client.query.bind(client) as Query;
  const prepared: Query = (text, values, ...rest) => {
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0)
      return query(text, values, ...rest);
    const name = nameOf(text);
    if (name === undefined) return query(text, values, ...rest);
    const run = (answer: PreparedAnswer): void => {
      query(
        new PreparedQuery(name, text, values, (error, result) => {
          if (error !== null) renameIfOutdated(text, error);
          answer(error, result);
        }),
      );
    };
    const [callback] = rest;
    if (typeof callback === 'function') return run(callback as PreparedAnswer);
    return new Promise((resolve, reject) => {
      run((error, result) => (error === null ? resolve(result) : reject(error as Error)));
    });
  };
  client.query = prepared as typeof client.query;
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostTexts) return known;
  const name = `balagh-${createHash('sha256').update(text).digest('base64url').slice(0, 27)}`;
  names.set(text, name);
  return name;
}

function renameIfOutdated(text: string, error: unknown): void {
  const name = names.get(text);
  if (name === undefined || (error as { code?: unknown } | null)?.code !== planOutdated) return;
  const [base = '', times = '0'] = name.split('+');
  names.set(text, `${base}+${Number(times) + 1}`);
}
