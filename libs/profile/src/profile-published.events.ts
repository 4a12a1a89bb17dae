import { createHash } from 'node:crypto';
import { type Actor, type EventMetadata, metadataSchema } from '@balagh/case-events';
import {
  type NewEvent,
  type RecordedEvent,
  commandEventId,
  encodeJson,
  eventHash,
} from '@balagh/event-store';
import { z } from 'zod';
import { type Profile, profileSchema } from './profile.schema';

/**
 * The one event of `profile-<tenant>` streams, author `profile`: from here on this is the organisation (SYS-11). The
 * version of the profile is its revision plus 1. Contains no personal data of reporters; names and addresses of
 * liaison officers are the organisation's own.
 */
const PROFILE_PUBLISHED = 'ProfilePublished';

const dataSchema = z.object({ profile: profileSchema });

/** The data of a stored event. What a newer version has added, at whatever depth, is left out: until services are replaced, both read it. */
function readData(json: unknown): z.ZodSafeParseResult<z.infer<typeof dataSchema>> {
  const strict = dataSchema.safeParse(json);
  const unknown = (strict.error?.issues ?? []).filter((issue) => issue.code === 'unrecognized_keys');
  if (unknown.length === 0) return strict;
  for (const { path, keys } of unknown) for (const key of keys) removeAt(json, [...path, key]);
  return dataSchema.safeParse(json);
}

function removeAt(json: unknown, path: readonly PropertyKey[]): void {
  const holder = path.slice(0, -1).reduce<unknown>((part, key) => Reflect.get(Object(part), key), json);
  Reflect.deleteProperty(Object(holder), path.at(-1) ?? '');
}

export interface ProfilePublished {
  readonly profile: Profile;
  readonly version: number;
  readonly metadata: EventMetadata;
}

/** Who publishes, and when. */
export interface Publisher {
  readonly actor: Actor;
  /** RFC 3339. */
  readonly now: () => string;
}

/**
 * The stored event is no profile that this version can read: an operator must look. Not retriable: a consumer that tried again would hold up the
 * cases of all organisations; those of this one are parked, and handed over again when the service is replaced.
 */
export class StoredProfileInvalid extends Error {
  readonly code = 'STORED_PROFILE_INVALID';
  readonly retriable = false;
}

/**
 * Reads an event back. Only the shape is checked: references between parts were checked when it was published, and
 * an old profile stays readable when those checks become stricter, a newer one when it has parts that are not known here.
 * @throws StoredProfileInvalid
 */
export function decodeProfilePublished(event: RecordedEvent): ProfilePublished {
  const data = readData(JSON.parse(event.data));
  const metadata = metadataSchema.safeParse(JSON.parse(event.metadata));
  if (event.type !== PROFILE_PUBLISHED || !data.success || !metadata.success) {
    throw new StoredProfileInvalid(`event ${event.revision} of ${event.stream} is no published profile`);
  }
  return { profile: data.data.profile, version: event.revision + 1, metadata: metadata.data };
}

/** What is appended after `head` (undefined: as the first). The same draft has the same id. */
export function draftProfilePublished(
  profile: Profile,
  head: RecordedEvent | undefined,
  by: { readonly actor: Actor; readonly at: string },
): NewEvent {
  const revision = (head?.revision ?? -1) + 1;
  const data = encodeJson({ profile });
  const commandId = uuidFrom(`${profile.tenant}:${revision}:${data}`);
  const metadata = {
    ...metadataOf(profile.tenant, head, { ...by, commandId }),
    profileVersion: revision + 1,
  };
  return { id: commandEventId(commandId, 0), type: PROFILE_PUBLISHED, data, metadata: encodeJson(metadata) };
}

/** Of an event of author `profile` after `head`. */
export function metadataOf(
  tenant: string,
  head: RecordedEvent | undefined,
  { actor, at, commandId }: { readonly actor: Actor; readonly at: string; readonly commandId: string },
): EventMetadata {
  return {
    schemaVersion: 1,
    tenant,
    actor,
    line: 'system',
    recordedAt: at,
    occurredAt: at,
    correlationId: commandId,
    causationId: commandId,
    commandId,
    ...(head && { previousHash: eventHash(head) }),
  };
}

/** A UUID (version 8) from content: publishing the same content on the same version is the same command. */
export function uuidFrom(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
