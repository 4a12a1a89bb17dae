import { type z } from 'zod';
import { InvalidMessage } from '../errors/errors';

/** Opaque continuation of a list. Carries only sort keys: versions, dates, ids. */
export function encodePageToken(key: Readonly<Record<string, string | number>>): string {
  return Buffer.from(JSON.stringify(key), 'utf8').toString('base64url');
}

/** The key of the page to continue from; an empty token starts at the beginning. @throws InvalidMessage `PAGE_TOKEN_INVALID` */
export function decodePageToken<Schema extends z.ZodType>(
  schema: Schema,
  token: string | undefined,
): z.infer<Schema> | undefined {
  if (token === undefined || token === '') return undefined;
  const parsed =
    token.length > 2_000
      ? undefined
      : schema.safeParse(parseJson(Buffer.from(token, 'base64url').toString('utf8')));
  if (parsed?.success !== true) throw new InvalidMessage('PAGE_TOKEN_INVALID');
  return parsed.data;
}

/** Page size within bounds; 0 or absent asks for the default. */
export function pageSize(asked: number | undefined, fallback = 50, max = 200): number {
  return asked === undefined || !(asked >= 1) ? fallback : Math.min(Math.floor(asked), max);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
