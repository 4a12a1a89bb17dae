import { createHmac } from 'node:crypto';
import { Client, Pool } from 'pg';
import { migrateEventStore } from '@balagh/event-store';
import { migrateKeys } from '@balagh/privacy';

/** The services that have a schema and a role of their own; the second list may also use the keys. */
export const databaseServices = [
  'intake',
  'routing',
  'dispatch',
  'notification',
  'history',
  'backoffice',
] as const;
export type DatabaseService = (typeof databaseServices)[number];
const keyUsers: readonly DatabaseService[] = ['intake', 'dispatch', 'notification', 'history', 'backoffice'];

export interface DatabaseAddresses {
  /** Administrator's address of database `balagh`. */
  readonly admin: string;
  /** Address of a service under its own role, its own schema first in the search path. */
  of(service: DatabaseService): string;
}

/**
 * Makes database, roles, schemas and grants, and brings event store and key tables up to date. Safe to repeat.
 * Services write events only through the store's functions, and nobody may change or delete one.
 */
export async function prepareDatabase(
  serverUrl: string,
  passwordOf: (service: DatabaseService) => string,
): Promise<DatabaseAddresses> {
  await createDatabase(serverUrl);
  const admin = withPath(serverUrl, '/balagh');
  const pool = new Pool({ connectionString: admin, max: 2 });
  try {
    await pool.query(rolesAndSchemas(passwordOf));
    await migrateEventStore(pool);
    await migrateKeys(pool);
    await pool.query(grants());
  } finally {
    await pool.end();
  }
  return {
    admin,
    of: (service) => {
      const url = new URL(admin);
      url.username = `balagh_${service}`;
      url.password = passwordOf(service);
      url.searchParams.set('options', `-c search_path=${service}`);
      return url.href;
    },
  };
}

async function createDatabase(serverUrl: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const found = await client.query(`select 1 from pg_database where datname = 'balagh'`);
    if (found.rowCount === 0) await client.query('create database balagh');
  } finally {
    await client.end();
  }
}

/** A password for each role from one secret. */
export function derivedPasswords(secret: string): (service: DatabaseService) => string {
  return (service) => createHmac('sha256', secret).update(service).digest('base64url');
}

/**
 * Trigrams let the back office look a number up by any part of it (its migration makes the index where they are). They come with PostgreSQL, and
 * the owner of a database may install them; some servers go without.
 */
const searchByParts = `
  create schema if not exists extensions; grant usage on schema extensions to public;
  do $$ begin
    if exists (select from pg_available_extensions where name = 'pg_trgm') then
      create extension if not exists pg_trgm schema extensions;
    end if;
  end $$;`;

function rolesAndSchemas(passwordOf: (service: DatabaseService) => string): string {
  const role = (name: string, attributes: string): string => `do $$ begin
    if not exists (select from pg_roles where rolname = '${name}') then create role ${name}; end if;
  end $$; alter role ${name} ${attributes};`;
  return [
    role('balagh_events', 'nologin'),
    role('balagh_keys', 'nologin'),
    ...databaseServices.map((service) =>
      role(`balagh_${service}`, `login password '${passwordOf(service)}'`),
    ),
    ...databaseServices.map((service) => `grant balagh_events to balagh_${service};`),
    ...keyUsers.map((service) => `grant balagh_keys to balagh_${service};`),
    ...databaseServices.map(
      (service) => `create schema if not exists ${service} authorization balagh_${service};`,
    ),
    'create schema if not exists eventstore; create schema if not exists keys;',
    searchByParts,
    'revoke all on schema public from public;',
  ].join('\n');
}

function grants(): string {
  return `
    grant usage on schema eventstore to balagh_events;
    grant select on all tables in schema eventstore to balagh_events;
    grant execute on all functions in schema eventstore to balagh_events;
    grant usage on schema keys to balagh_keys;
    grant select, insert, update on all tables in schema keys to balagh_keys;`;
}

function withPath(url: string, path: string): string {
  const changed = new URL(url);
  changed.pathname = path;
  return changed.href;
}
