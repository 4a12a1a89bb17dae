import { startIdentity } from '@balagh/identity';
import { startSimulators } from '@balagh/simulators';

/**
 * Issuer and simulators as one container, for demonstrations only (BALAGH_MODE=demo).
 * IDENTITY_PORT, ISSUER_URL (its name in tokens; absent: from HOST and IDENTITY_PORT), SIMULATORS_PORT, SMTP_PORT,
 * PUBLIC_URL (of the back office), DATA_DIR.
 */
async function main(): Promise<void> {
  const number = (name: string): number => Number(process.env[name]);
  const host = process.env['HOST'] ?? '127.0.0.1';
  const dataDir = process.env['DATA_DIR'] ?? '/data';
  const redirectUris = [`${process.env['PUBLIC_URL'] ?? ''}/auth/callback`];
  if (process.env['BALAGH_MODE'] !== 'demo') throw new Error('the companions exist in demo mode only');
  const issuerUrl = process.env['ISSUER_URL'];
  const identity = await startIdentity({
    port: number('IDENTITY_PORT'),
    host,
    issuerUrl,
    dataDir,
    mode: 'demo',
    redirectUris,
  });
  const simulators = await startSimulators({
    host,
    httpPort: number('SIMULATORS_PORT'),
    smtpPort: number('SMTP_PORT'),
    dataDir,
  });
  console.log(`companions: issuer ${identity.issuerUrl}, simulators ${simulators.httpUrl}`);
  process.once('SIGTERM', () => {
    void Promise.all([identity.stop(), simulators.stop()]).then(() => process.exit(0));
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
