import { SeverityNumber } from '@opentelemetry/api-logs';
import { type Resource } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, type LogRecordExporter, LoggerProvider } from '@opentelemetry/sdk-logs';
import { type DestinationStream } from 'pino';
import { instrumentationScope } from './spans';

const severities: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/** Sends log lines as they were written, redaction included, by OTLP; trace and span id come from the context of the caller. */
export function startLogExport(
  resource: Resource,
  exporter: LogRecordExporter,
): { stream: DestinationStream; close: () => Promise<void> } {
  const provider = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger(instrumentationScope);
  return {
    stream: {
      write(line) {
        const { level, time, event } = JSON.parse(line) as Readonly<Record<string, string | undefined>>;
        logger.emit({
          severityNumber: severities[level ?? ''] ?? SeverityNumber.UNSPECIFIED,
          ...(level === undefined ? {} : { severityText: level }),
          ...(time === undefined ? {} : { timestamp: new Date(time) }),
          ...(event === undefined ? {} : { eventName: event }),
          body: line.trimEnd(),
        });
      },
    },
    close: () => provider.shutdown(),
  };
}
