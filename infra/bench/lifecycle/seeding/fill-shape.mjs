// A further case from the shape of one: new ids, keys, numbers, people and times; sealed anew, chained anew.
import { hash, randomBytes, randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../local/setup.mjs';
import { escaped, nothing } from './copy-in.mjs';

const require = createRequire(join(root, 'package.json'));
const { keyBytes, sealText } = require(join(root, 'libs/privacy/dist/seal.js'));

/** Shapes are turned into copies with these. `zone`: whose year a number carries. */
export function createFilling({ keyEncryption, privacy, tenant, timeZone }) {
  const yearIn = new Intl.DateTimeFormat('en-u-nu-latn', { timeZone, year: 'numeric' });
  const index = (phone) => privacy.blindIndex(tenant, 'phone', phone);

  return {
    /**
     * Adds the rows of one copy to `into` (table → rows in COPY's text format). `number`: its case number; `beginsAt`: epoch milliseconds of its
     * first event; `position`: of its first event in the global order. @returns the year of its number
     */
    async fill(shape, { number, beginsAt, position }, into) {
      const shift = Math.floor((beginsAt - shape.beginsAt) / 1_000) * 1_000;
      const year = yearIn.format(beginsAt);
      const key = randomBytes(keyBytes);
      const phone = `+9689${randomInt(1_000_000, 10_000_000)}`;
      const given = {
        number: String(number),
        year,
        caseNumber: shape.numbered(year, number),
        phone,
        phoneIndex: await index(phone),
        email: `reporter.${randomBytes(4).toString('hex')}@mail.example`,
        wrapped: `\\\\x${Buffer.from((await keyEncryption.wrap(key)).wrapped).toString('hex')}`,
      };
      const values = slotValues(shape, { shift, key, given });
      addEvents(shape, values, position, into);
      addRows(shape, values, into);
      return year;
    },
    index,
  };
}

function slotValues({ slots, subject }, { shift, key, given }) {
  const values = new Array(slots.length);
  const random = new RandomHex(slots.filter(({ kind }) => kind === 'uuid' || kind === 'hex').length);
  for (const [at, slot] of slots.entries())
    values[at] = valueOf(slot, values, { shift, key, given, subject, random });
  return values;
}

/** Pieces of 32 hexadecimal digits; all of a case are drawn at once. */
class RandomHex {
  #at = 0;

  constructor(pieces) {
    this.digits = randomBytes(pieces * 16).toString('hex');
  }

  next() {
    this.#at += 32;
    return this.digits.slice(this.#at - 32, this.#at);
  }
}

function valueOf(slot, values, { shift, key, given, subject, random }) {
  switch (slot.kind) {
    case 'uuid':
      return uuidLike(slot.value, random.next());
    case 'eventId':
      return uuidV5(String(slot.index), values[slot.command]);
    case 'hex':
      return random.next().slice(0, slot.value.length);
    case 'time':
      return shifted(slot, shift);
    case 'sealed':
      return sealText(key, values[subject], text(slot.plain, values));
    default:
      return given[slot.kind];
  }
}

/** Of the same version and variant. */
const uuidLike = (value, hex) =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${value[14]}${hex.slice(13, 16)}-${value[19]}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;

/** RFC 9562 §5.5, as `commandEventId` makes it. */
function uuidV5(name, namespace) {
  const bytes = hash(
    'sha1',
    Buffer.from(namespace.replaceAll('-', '') + Buffer.from(name).toString('hex'), 'hex'),
    'buffer',
  );
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** In the spelling of the original; whole seconds are added, so what stands after them stays. */
function shifted(slot, shift) {
  slot.milliseconds ??= Date.parse(slot.value.replace(' ', 'T').replace(/\+00$/, 'Z'));
  const moved = new Date(slot.milliseconds + shift).toISOString();
  return `${moved.slice(0, 10)}${slot.value[10]}${moved.slice(11, 19)}${slot.value.slice(19)}`;
}

function text(parts, values, previousHash) {
  let whole = '';
  for (const part of parts)
    whole += typeof part === 'string' ? part : part === -1 ? previousHash : values[part];
  return whole;
}

function addEvents({ events }, values, position, into) {
  const hashes = [];
  events.forEach((event, at) => {
    const previous = hashes[event.previous];
    const stream = text(event.stream, values);
    const id = text(event.id, values);
    const data = text(event.data, values);
    const metadata = text(event.metadata, values, previous);
    hashes.push(eventHash([stream, String(event.revision), id, event.type, data, metadata]));
    into['eventstore.events'].push(
      `${position + at}\t${stream}\t${event.revision}\t${id}\t${event.type}\t${event.category}\t${escaped(data)}\t${escaped(metadata)}\t${text(event.storedAt, values)}`,
    );
    if (event.isLast)
      into['eventstore.streams'].push(`${stream}\t${event.category}\t${event.revision}\t${hashes[at]}`);
  });
}

/** As `eventHash` of the event store computes it, without an object of its own for each event. */
function eventHash(parts) {
  let whole = '';
  for (const part of parts) whole += `${Buffer.byteLength(part)}:${part}`;
  return hash('sha256', whole);
}

function addRows({ rows: tables }, values, into) {
  for (const { table, rows } of tables)
    for (const row of rows)
      into[table].push(row.map((parts) => (parts === undefined ? nothing : text(parts, values))).join('\t'));
}
