// A stored case as literal text with holes. What differs from case to case is a slot; equal values share one.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../local/setup.mjs';

const { commandEventId } = createRequire(join(root, 'package.json'))('@balagh/event-store');
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const time = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00)`;

/** Columns whose value is not seen by its look. */
const known = {
  'intake.case_number.number': 'number',
  'intake.case_number.year': 'year',
  'intake.reporter_contact.phone_index': 'phoneIndex',
  'keys.subject_key.wrapped': 'wrapped',
};

/** Reads one case with everything that belongs to it. `open` opens sealed values. */
export async function readShape(client, tables, caseId, open) {
  const events = (await client.query(eventsSql, [caseId])).rows;
  const dataOf = (type) => JSON.parse(events.find((event) => event.type === type).data);
  const { phone, email } = dataOf('FormFilled').form;
  const { subjectId } = dataOf('CaseOpened');
  const shape = new CaseShape({
    caseNumber: dataOf('CaseRegistered').caseNumber,
    subjectId,
    phone: await open(phone),
    email: await open(email),
  });
  for (const event of events) await shape.addEvent(event, open);
  for (const { table, columns, key } of tables) {
    const id = key === 'case_id' ? caseId : subjectId;
    const selected = columns.map((column) => `${column}::text`).join(', ');
    const { rows } = await client.query(
      { text: `select ${selected} from ${table} where ${key}::text = $1`, rowMode: 'array' },
      [id],
    );
    const copied = [];
    for (const row of rows) copied.push(await shape.rowOf(table, columns, row, open));
    shape.rows.push({ table, columns, rows: copied });
  }
  return shape;
}

const eventsSql = `
  with wanted as (
    select 'case-' || $1::text as stream
    union all select 'message-' || (data::json ->> 'messageId') from eventstore.events where stream = 'case-' || $1::text and type = 'NotificationRequested'
  ) select e.stream, e.revision, e.id::text, e.type, e.category, e.data, e.metadata, e.stored_at::text as stored_at
  from wanted join eventstore.events e using (stream) order by e.position`;

export class CaseShape {
  /** In the order in which they can be filled. */
  slots = [];
  events = [];
  rows = [];
  #slotOf = new Map();
  #perCommand = new Map();
  #lastOf = new Map();

  /** `phone`, `email`: the reporter's own. */
  constructor({ caseNumber, subjectId, phone, email }) {
    this.caseNumber = caseNumber;
    const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    this.pattern = new RegExp(
      [
        `(?<sealed>sealed:v1:${uuid}:[\\w-]+)`,
        `(?<uuid>${uuid})`,
        '(?<hash>(?<="previousHash":")[0-9a-f]{64})',
        '(?<hex>(?<="trace":"00-)[0-9a-f]{32}|(?<="trace":"00-[0-9a-f]{32}-)[0-9a-f]{16})',
        `(?<time>${time})`,
        `(?<caseNumber>${literal(caseNumber)})`,
        `(?<phone>${literal(phone)})`,
        `(?<email>${literal(email)})`,
      ].join('|'),
      'g',
    );
    this.subject = this.#slot('uuid', subjectId);
  }

  /** Epoch milliseconds of the case's first event. */
  get beginsAt() {
    return Date.parse(this.events[0].beganAt);
  }

  /** A case number in the spelling of this one's. */
  numbered(year, number) {
    const [, prefix, digits] = /^(.*?)\d{4}-(\d+)$/.exec(this.caseNumber);
    return `${prefix}${year}-${String(number).padStart(digits.length, '0')}`;
  }

  async addEvent({ stream, revision, id, type, category, data, metadata, stored_at }, open) {
    const { commandId } = JSON.parse(metadata);
    const place = `${stream} ${commandId}`;
    const index = this.#perCommand.get(place) ?? 0;
    this.#perCommand.set(place, index + 1);
    if (commandId === undefined || commandEventId(commandId, index) !== id)
      throw new Error(`${type} of ${stream}: its id does not follow from its command`);
    const slot = this.#slot('eventId', id, { command: this.#slot('uuid', commandId), index });
    if (this.slots[slot].kind !== 'eventId')
      throw new Error(`${type} of ${stream} is named before it happened`);
    const event = {
      stream: await this.#parts(stream, open),
      revision,
      id: await this.#parts(id, open),
      type,
      category,
      data: await this.#parts(data, open),
      metadata: await this.#parts(metadata, open),
      storedAt: await this.#parts(stored_at, open),
      /** Place of the event before it in its stream; −1: none. */
      previous: this.#lastOf.get(stream) ?? -1,
      isLast: true,
      beganAt: JSON.parse(metadata).recordedAt,
    };
    const before = this.events[event.previous];
    if (before !== undefined) before.isLast = false;
    this.#lastOf.set(stream, this.events.push(event) - 1);
  }

  async rowOf(table, columns, values, open) {
    const row = [];
    for (const [at, value] of values.entries()) {
      const kind = known[`${table}.${columns[at]}`];
      if (value === null) row.push(undefined);
      else if (kind !== undefined) row.push([this.#slot(kind, value)]);
      else row.push(await this.#parts(value, open));
    }
    return row;
  }

  /** Text and slots (numbers) in turn; a hash is −1: it is known only when the event before it is. */
  async #parts(text, open) {
    const parts = [];
    let from = 0;
    for (const match of text.matchAll(this.pattern)) {
      if (match.index > from) parts.push(text.slice(from, match.index));
      parts.push(await this.#hole(match, open));
      from = match.index + match[0].length;
    }
    if (from < text.length) parts.push(text.slice(from));
    return parts;
  }

  async #hole({ 0: value, groups }, open) {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    if (kind === 'hash') return -1;
    if (kind === 'sealed' && !this.#slotOf.has(value))
      return this.#slot('sealed', value, { plain: await this.#parts(await open(value), open) });
    return this.#slot(kind, value);
  }

  #slot(kind, value, more = {}) {
    const known = this.#slotOf.get(value);
    if (known !== undefined) return known;
    const at = this.slots.push({ kind, value, ...more }) - 1;
    this.#slotOf.set(value, at);
    return at;
  }
}
