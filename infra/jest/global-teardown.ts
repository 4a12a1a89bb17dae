import { rmSync } from 'node:fs';
import { running } from './running';

export default async function globalTeardown(): Promise<void> {
  await running.postgres?.stop();
  if (running.directory !== undefined) rmSync(running.directory, { recursive: true, force: true });
}
