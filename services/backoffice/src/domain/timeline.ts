import { type StoredEvent } from '@balagh/case-events';

/** One thing that an event says, ready to be shown: codes are named by the console with the profile. */
export interface Change {
  readonly key: string;
  readonly kind: 'code' | 'codes' | 'text' | 'instant' | 'day' | 'number' | 'flag' | 'owner' | 'place';
  readonly value: string | number | boolean | readonly string[];
}

export interface TimelineEntry {
  readonly revision: number;
  /** Event type; also the key of its sentence in Arabic and English. */
  readonly type: string;
  /** RFC 3339: when it happened; when it was recorded, if that is later. */
  readonly at: string;
  readonly recordedAt: string;
  readonly line: string;
  readonly actor: string;
  readonly actorKind: string;
  readonly organisation: string;
  readonly channel?: string;
  readonly changes: readonly Change[];
}

/** Opened personal values by their sealed form; a missing one was erased, or none was opened. */
export type Opened = ReadonlyMap<string, string>;

/** Instead of a personal value that was erased. */
export const ERASED = '⊘';
/** Instead of a personal value that this reader may not see. */
export const HIDDEN = '⊙';

/** What the personal values of one reader are, and what stands for those that are not opened. */
interface Personal {
  readonly opened: Opened;
  readonly instead: string;
}

/** Keys that say nothing to a person: ids, rule inputs, what other keys say better. */
const silent = new Set([
  'caseId',
  'subjectId',
  'filled',
  'inputs',
  'sha256',
  'triggerRevision',
  'clockStart',
  'bodyAr',
  'bodyEn',
  'agencyAr',
  'agencyEn',
  'form',
  'missing',
]);

/** `instead` stands for each personal value that is not among the opened ones. */
export function timelineOf(
  events: readonly StoredEvent[],
  opened: Opened,
  instead: string,
): readonly TimelineEntry[] {
  const personal = { opened, instead };
  return events.map((event) => {
    const { metadata } = event;
    const data = event.data as Readonly<Record<string, unknown>>;
    const form = (data['form'] ?? {}) as Readonly<Record<string, unknown>>;
    return {
      revision: event.revision,
      type: event.type,
      at: metadata.occurredAt,
      recordedAt: metadata.recordedAt,
      line: metadata.line,
      actor: metadata.actor.id,
      actorKind: metadata.actor.kind,
      organisation: metadata.actor.organisation,
      ...(metadata.channel === undefined ? {} : { channel: metadata.channel }),
      changes: [...changesOf({ ...data, ...form }, personal), ...missingOf(data)],
    };
  });
}

function changesOf(data: Readonly<Record<string, unknown>>, personal: Personal): readonly Change[] {
  return Object.entries(data).flatMap(([key, value]) => {
    const silentId = key.endsWith('Id') && key !== 'teamId' && key !== 'ruleId';
    if (silentId || silent.has(key)) return [];
    const change = changeOf(key, value, personal);
    return change === undefined ? [] : [change];
  });
}

function changeOf(key: string, value: unknown, personal: Personal): Change | undefined {
  if (typeof value === 'number') return { key, kind: 'number', value };
  if (typeof value === 'boolean') return { key, kind: 'flag', value };
  if (typeof value === 'string') return textual(key, value, personal);
  if (Array.isArray(value)) {
    const codes = value.filter((v): v is string => typeof v === 'string');
    return codes.length === 0 ? undefined : { key, kind: 'codes', value: codes };
  }
  return structured(key, value);
}

function textual(key: string, value: string, { opened, instead }: Personal): Change {
  if (value.startsWith('sealed:')) return { key, kind: 'text', value: opened.get(value) ?? instead };
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return { key, kind: 'instant', value };
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return { key, kind: 'day', value };
  return { key, kind: /^[A-Z][A-Z0-9_-]*$/.test(value) ? 'code' : 'text', value };
}

function structured(key: string, value: unknown): Change | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  if (typeof fields['kind'] === 'string' && typeof fields['code'] === 'string') {
    const section = typeof fields['section'] === 'string' ? [fields['section']] : [];
    return { key, kind: 'owner', value: [fields['kind'], fields['code'], ...section] };
  }
  if (typeof fields['latitude'] === 'number' && typeof fields['longitude'] === 'number') {
    return {
      key,
      kind: 'place',
      value: `${fields['latitude'].toFixed(5)}, ${fields['longitude'].toFixed(5)}`,
    };
  }
  return undefined;
}

function missingOf(data: Readonly<Record<string, unknown>>): readonly Change[] {
  const missing = data['missing'];
  if (!Array.isArray(missing)) return [];
  const fields = missing.flatMap((m: unknown) =>
    m !== null && typeof m === 'object' && 'field' in m ? [String(m.field)] : [],
  );
  return [{ key: 'missing', kind: 'codes', value: fields }];
}
