import 'reflect-metadata';
import { type Logger } from 'pino';
import { serviceConfig } from '../config/service-config';
import { createLog } from '../logging/log';
import { startTelemetry } from '../telemetry/telemetry';
import { type RunningService, type ServiceDefinition, startService } from './start-service';

/** What the parent process hears when the service can work. */
export interface ReadyMessage {
  readonly ready: true;
  readonly service: string;
  readonly httpPort: number;
  readonly grpcPort: number | undefined;
  readonly partnerGrpcPort: number | undefined;
}

const shutdownDeadlineMs = 10_000;

/**
 * The whole life of a service process: reads the environment, starts, tells the parent, and ends within ten seconds of
 * SIGTERM, SIGINT or the parent's disappearance. An unhandled rejection ends it with status 1.
 */
export async function runService(definition: ServiceDefinition): Promise<void> {
  const log = createLog({
    service: definition.name,
    level: process.env['LOG_LEVEL'] || 'info',
    errorMessages: true,
  });
  let running: RunningService | undefined;
  let closing = (): Promise<void> => Promise.resolve();
  let ending = false;
  const end = (cause: string, status: number): void => {
    if (ending) return;
    ending = true;
    const stop = async (): Promise<void> => {
      await running?.stop();
      await closing();
    };
    void endProcess(stop, running?.platform.log ?? log, cause, status);
  };
  process.once('SIGTERM', () => end('SIGTERM', 0));
  process.once('SIGINT', () => end('SIGINT', 0));
  // The launcher is gone: without it nobody restarts or stops us, so stay no orphan.
  process.once('disconnect', () => end('parent.disconnected', 0));
  process.on('unhandledRejection', (err) =>
    fatal(running?.platform.log ?? log, 'process.unhandled-rejection', err, end),
  );
  process.on('uncaughtException', (err) =>
    fatal(running?.platform.log ?? log, 'process.uncaught-exception', err, end),
  );
  try {
    const telemetry = await startTelemetry(definition.name);
    closing = () => telemetry.stop();
    running = await startService(definition, { config: serviceConfig(), telemetry });
  } catch (err) {
    log.fatal({ event: 'service.start.failed', err });
    leave(1);
  }
  if (ending) {
    await running.stop();
    await closing();
    leave(0);
  }
  const ready: ReadyMessage = {
    ready: true,
    service: definition.name,
    httpPort: running.httpPort,
    grpcPort: running.grpcPort,
    partnerGrpcPort: running.partnerGrpcPort,
  };
  process.send?.(ready);
}

function fatal(log: Logger, event: string, err: unknown, end: (cause: string, status: number) => void): void {
  log.fatal({ event, err });
  end(event, 1);
}

async function endProcess(
  stop: () => Promise<void>,
  log: Logger,
  cause: string,
  status: number,
): Promise<never> {
  log.info({ event: 'service.stopping', cause });
  const timer = setTimeout(() => {
    log.error({ event: 'service.stop.overdue', afterMs: shutdownDeadlineMs });
    leave(1);
  }, shutdownDeadlineMs);
  timer.unref();
  try {
    await stop();
  } catch (err) {
    log.error({ event: 'service.stop.failed', err });
    leave(1);
  }
  return leave(status);
}

/**
 * Ends the process, whatever happens at its exit: when the launcher is gone, lines that are left for its pipe cannot be written, and the fault
 * would keep the process alive for ever.
 */
function leave(status: number): never {
  try {
    process.exit(status);
  } catch {
    process.exit(status);
  }
}
