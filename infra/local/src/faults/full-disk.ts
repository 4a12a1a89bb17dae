import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync, statfsSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { postgresHome } from '../data-directory';

const sizeMb = 1_024;

/** How the disk below PostgreSQL can be made full on this machine. */
export interface FullDisk {
  readonly kind: 'tmpfs' | 'file-size limit' | 'not possible here';
  /** `processes`: PostgreSQL's, postmaster first. @returns what is left, for a person @throws when it is not full */
  fill(processes: readonly number[]): string;
  free(processes: readonly number[]): void;
  /** After everything is stopped. */
  remove(): void;
}

/**
 * As root the data directory of PostgreSQL goes onto a small file system of its own, which can really be full. Without the
 * right to mount, PostgreSQL's processes get a file-size limit: writes beyond it fail as they do on a full disk, but only
 * until PostgreSQL starts anew, and reads of free space lie. To be called before PostgreSQL starts.
 */
export function prepareFullDisk(dataDir: string): FullDisk {
  const place = dirname(postgresHome(dataDir));
  mkdirSync(place, { recursive: true });
  const mounted =
    process.getuid?.() === 0 &&
    spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=755`, 'tmpfs', place]).status === 0;
  if (mounted) return ownFileSystem(place);
  return spawnSync('prlimit', ['--version']).status === 0
    ? fileSizeLimit()
    : { kind: 'not possible here', fill: () => '', free: nothing, remove: nothing };
}

const nothing = (): void => undefined;

function ownFileSystem(place: string): FullDisk {
  const ballast = join(place, 'ballast');
  return {
    kind: 'tmpfs',
    fill: () => {
      const file = openSync(ballast, 'w');
      try {
        for (const size of [1_048_576, 4_096]) fillWith(file, Buffer.alloc(size, 1));
      } finally {
        closeSync(file);
      }
      const { bavail, bsize } = statfsSync(place);
      if (bavail > 0) throw new Error(`${bavail * bsize} bytes are left on ${place}`);
      return '0 bytes are left';
    },
    free: () => rmSync(ballast, { force: true }),
    remove: () => {
      spawnSync('umount', ['-l', place]);
      rmSync(place, { recursive: true, force: true });
    },
  };
}

function fillWith(file: number, block: Buffer): void {
  for (let written = 0; written < sizeMb * 1_048_576; written += block.length) {
    try {
      writeSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}

function fileSizeLimit(): FullDisk {
  /** Under the account of the processes: root without CAP_SYS_RESOURCE may not change those of others. */
  const limit = (processes: readonly number[], bytes: string): void => {
    for (const pid of processes) {
      const owner = statSync(`/proc/${pid}`, { throwIfNoEntry: false });
      if (owner === undefined) continue;
      const account = process.getuid?.() === 0 ? { uid: owner.uid, gid: owner.gid } : {};
      const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], account);
      if (status !== 0 && existsSync(`/proc/${pid}`)) throw new Error(String(stderr).trim());
    }
  };
  return {
    kind: 'file-size limit',
    fill: (processes) => {
      limit(processes, '65536');
      return 'no file may grow beyond 64 KiB';
    },
    free: (processes) => limit(processes, 'unlimited'),
    remove: nothing,
  };
}
