import { type LoggerService } from '@nestjs/common';
import { type Logger } from 'pino';

/** Nest's own words, as structured lines; its routine chatter only at level debug. */
export function nestLog(log: Logger): LoggerService {
  const write =
    (level: 'debug' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]) => {
      const context = rest.at(-1);
      const err = message instanceof Error ? message : rest.find((part) => part instanceof Error);
      log[level](
        {
          event: 'nest.message',
          context: typeof context === 'string' ? context : undefined,
          ...(err === undefined ? {} : { err }),
        },
        typeof message === 'string' ? message : 'nest',
      );
    };
  return {
    log: write('debug'),
    debug: write('debug'),
    verbose: write('debug'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  };
}
