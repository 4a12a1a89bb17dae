import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type RawEvent, allDefinitions, decodeEvent, EventNewer, InvalidStoredEvent } from '../src';

/** Events as they were once stored. A file is never edited: a new shape gets a file of its own version. */
const folder = join(__dirname, '../golden');
const files = readdirSync(folder);
const golden = (file: string): RawEvent => JSON.parse(readFileSync(join(folder, file), 'utf8')) as RawEvent;

describe('golden files', () => {
  it('exist for every version of every event type', () => {
    const due = allDefinitions().flatMap((d) =>
      Array.from({ length: d.version }, (_, v) => `${d.type}.v${v + 1}.json`),
    );
    expect([...files].sort()).toEqual([...due].sort());
  });

  it.each(files)('%s still reads', (file) => {
    const raw = golden(file);
    const event = decodeEvent<{ type: string; data: unknown }>(raw);
    expect(`${event.type}.v${event.metadata.schemaVersion}.json`).toBe(file);
    expect(event).toMatchObject({ id: raw.id, stream: raw.stream, revision: raw.revision });
    expect(event.metadata).toEqual(JSON.parse(raw.metadata));
  });

  it.each(allDefinitions().map((d) => [d.type, d.version] as const))(
    '%s keeps every field of version %i',
    (type, version) => {
      const raw = golden(`${type}.v${version}.json`);
      expect(decodeEvent<{ type: string; data: unknown }>(raw).data).toEqual(JSON.parse(raw.data));
    },
  );
});

describe('a stored event that does not fit', () => {
  const good = golden('ReporterInformed.v1.json');
  const problemOf = (raw: RawEvent): string => {
    try {
      decodeEvent(raw);
      return 'none';
    } catch (error) {
      return error instanceof InvalidStoredEvent ? error.problem : String(error);
    }
  };

  it('is named by path and kind, never by value', () => {
    expect(problemOf({ ...good, data: '{"channel":"+968 9000 0001","outcome":"REACHED"}' })).toBe(
      'data: channel invalid_value',
    );
    expect(problemOf({ ...good, data: 'not json' })).toBe('data: (root) invalid_type');
    expect(problemOf({ ...good, metadata: '{}' })).toMatch(/^metadata: schemaVersion/);
  });

  it('is told from one that only a newer version knows, whatever that has in it', () => {
    const thrownFor = (raw: RawEvent): unknown => {
      try {
        return decodeEvent(raw);
      } catch (error) {
        return error;
      }
    };
    const newer = { retriable: true, code: 'EVENT_NEWER', revision: good.revision };
    const unheard = thrownFor({ ...good, type: 'Unheard', metadata: '{"line":"9"}' });
    expect(unheard).toBeInstanceOf(EventNewer);
    expect(unheard).toMatchObject({ ...newer, problem: 'newer than this version: unknown event type' });
    const metadata = good.metadata.replace('"schemaVersion":1', '"schemaVersion":2');
    const later = thrownFor({ ...good, metadata, data: '{"channel":"PIGEON"}' });
    expect(later).toBeInstanceOf(EventNewer);
    expect(later).toMatchObject({ ...newer, problem: 'newer than this version: schema version 2' });
    expect(thrownFor({ ...good, data: '{}' })).toMatchObject({ retriable: false });
  });
});
