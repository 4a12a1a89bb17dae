// A database server that its launcher left behind.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Ends the server of this folder at once, if one runs. Its number may belong to another program by now: that is left alone. */
export function stopOrphan(pidFile) {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (isServerOf(pid, dirname(pidFile))) process.kill(pid, 'SIGQUIT');
}

function isServerOf(pid, folder) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  const { status, stdout } = spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && /postgres/.test(stdout.split(' ')[0]) && `${stdout.trim()} `.includes(` ${folder} `);
}
