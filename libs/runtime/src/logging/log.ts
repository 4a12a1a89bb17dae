import { activeSpanContext } from '../telemetry/spans';
import pino, { type DestinationStream, type LogFn, type Logger } from 'pino';
import { censor, neverWritten, redacted } from './redaction';

export interface LogOptions {
  readonly service: string;
  readonly level?: string;
  /**
   * Write the messages of errors too. Only where all data is invented: messages of drivers and parsers quote values,
   * and values may be personal.
   */
  readonly errorMessages?: boolean;
  readonly destination?: DestinationStream;
  /** Receives each line as well. */
  readonly copyTo?: DestinationStream | undefined;
}

/**
 * The process's logger: one structured line per outcome, each with a stable `event` name (`case.registered`,
 * `access.denied`) and ids. Never payloads, never personal data (design §3.11).
 */
export function createLog(options: LogOptions): Logger {
  const withMessages = options.errorMessages ?? false;
  return pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redacted },
      // Bindings of a child do not pass the formatter.
      redact: { paths: [...neverWritten], censor },
      hooks: { logMethod: namedByEvent },
      mixin: traceIds,
      serializers: { err: (error: unknown) => describeError(error, withMessages) },
    },
    destinationOf(options),
  );
}

/** Characters that wait to be written at most, where whoever reads them is slow or the disk is full: further lines are dropped. */
const mostWaiting = 8_388_608;

/** Lines that cannot be written are lost; the service goes on, and ends when it is to. */
function standardOutput(): DestinationStream {
  const stream = pino.destination({ fd: 1, sync: false, maxLength: mostWaiting });
  // At the exit the driver would try for ever to write what is left to a full disk.
  const flushSync = stream.flushSync.bind(stream);
  stream.on('error', () => (stream.flushSync = () => undefined));
  stream.on('write', () => (stream.flushSync = flushSync));
  return stream;
}

function destinationOf({ destination, copyTo }: LogOptions): DestinationStream {
  const stream = destination ?? standardOutput();
  if (copyTo === undefined) return stream;
  return pino.multistream([
    { stream, level: 'trace' },
    { stream: copyTo, level: 'trace' },
  ]);
}

/** Leads from a line to its trace. */
function traceIds(): Readonly<Record<string, string>> {
  const active = activeSpanContext();
  return active === undefined ? {} : { trace_id: active.traceId, span_id: active.spanId };
}

/** Without a text of its own a line with an error would get the error's message as its text; it gets the event's name. */
function namedByEvent(this: Logger, line: Parameters<LogFn>, write: LogFn): void {
  const [fields, ...rest] = line as readonly unknown[];
  if (rest.length > 0 || typeof fields !== 'object' || fields === null) return write.apply(this, line);
  const named =
    fields instanceof Error
      ? { event: 'error', err: fields }
      : (fields as { event?: unknown; err?: unknown });
  if (named.err === undefined) return write.apply(this, line);
  write.apply(this, [named, typeof named.event === 'string' ? named.event : 'error']);
}

/** Type, code and place of an error; its message only when asked for. */
export function describeError(error: unknown, withMessage: boolean): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, retriable } = error as { code?: unknown; retriable?: unknown };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof retriable === 'boolean' ? { retriable } : {}),
    ...(withMessage ? { message: error.message.slice(0, 500) } : {}),
    at: frames.slice(0, 8).map((line) => line.trim().slice(3)),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause, withMessage) }),
  };
}
