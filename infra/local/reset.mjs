// `npm run reset`: forgets all data of `npm start` (databases, keys, attachments, messages, logs).
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { stopOrphan } from './orphan.mjs';
import { root } from './setup.mjs';

const home = resolve(join(root, '.balagh'));
const endpoints = join(home, 'endpoints.json');
if (existsSync(endpoints) && isAlive(JSON.parse(readFileSync(endpoints, 'utf8')).launcherPid)) {
  console.error('Balagh is running on this data; stop it first (Ctrl-C in its terminal).');
  process.exit(1);
}
const outside = `/var/tmp/balagh-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`;
for (const dir of [join(home, 'postgres'), outside])
  stopOrphan(join(dir, dir === outside ? 'postgres/postmaster.pid' : 'postmaster.pid'));
rmSync(outside, { recursive: true, force: true });
rmSync(home, { recursive: true, force: true });
console.log('All local data is gone. `npm start` begins anew.');

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
