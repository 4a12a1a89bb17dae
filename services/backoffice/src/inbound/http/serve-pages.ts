import { type NestExpressApplication } from '@nestjs/platform-express';
import { type BackofficeConfig } from '../../application/config.schema';
import { consoleFiles, securityHeaders } from './console-files';
import { BACKOFFICE_CONFIG } from './tokens';

/** Headers and console, before Nest's own routing: what Nest mounts does not see the address that was asked for. */
export function servePages(app: NestExpressApplication): void {
  const { CONSOLE_DIR } = app.get<BackofficeConfig>(BACKOFFICE_CONFIG);
  app.use(securityHeaders);
  app.use(consoleFiles(CONSOLE_DIR));
}
