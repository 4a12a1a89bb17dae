/**
 * `google.rpc.Status` with one `google.rpc.ErrorInfo`, on the wire as `grpc-status-details-bin`. Written by hand: two
 * messages of three fields do not earn a dependency.
 */
export interface ErrorInfo {
  /** Stable code. */
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const typeUrl = 'type.googleapis.com/google.rpc.ErrorInfo';

export function encodeStatus(code: number, message: string, info: ErrorInfo): Buffer {
  const entries = Object.entries(info.metadata).map(([key, value]) =>
    bytes(3, Buffer.concat([text(1, key), text(2, value)])),
  );
  const errorInfo = Buffer.concat([text(1, info.reason), text(2, info.domain), ...entries]);
  const any = Buffer.concat([text(1, typeUrl), bytes(2, errorInfo)]);
  return Buffer.concat([varint(8), varint(code), text(2, message), bytes(3, any)]);
}

/** The first ErrorInfo of a Status, or undefined when there is none or the bytes are broken. */
export function decodeErrorInfo(status: Uint8Array): ErrorInfo | undefined {
  try {
    for (const detail of fieldsOf(status).filter(([field]) => field === 3)) {
      const any = fieldsOf(detail[1]);
      if (textOf(any, 1) !== typeUrl) continue;
      const info = fieldsOf(any.find(([field]) => field === 2)?.[1] ?? new Uint8Array());
      const entries = info.filter(([field]) => field === 3).map(([, entry]) => fieldsOf(entry));
      return {
        reason: textOf(info, 1),
        domain: textOf(info, 2),
        metadata: Object.fromEntries(entries.map((entry) => [textOf(entry, 1), textOf(entry, 2)])),
      };
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    out.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return Buffer.from(out);
}

function bytes(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value, 'utf8'));
}

type Field = readonly [field: number, value: Uint8Array];

/** Length-delimited fields; numbers are skipped. @throws RangeError on broken bytes */
function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('truncated');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('varint too long');
  };
  while (at < message.length) {
    const tag = number();
    if ((tag & 7) === 0) {
      number();
      continue;
    }
    if ((tag & 7) !== 2) throw new RangeError('unexpected wire type');
    const length = number();
    if (at + length > message.length) throw new RangeError('truncated');
    fields.push([tag >>> 3, message.subarray(at, at + length)]);
    at += length;
  }
  return fields;
}

function textOf(fields: readonly Field[], wanted: number): string {
  const value = fields.find(([field]) => field === wanted)?.[1];
  return value === undefined ? '' : Buffer.from(value).toString('utf8');
}
