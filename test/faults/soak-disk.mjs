// A small disk that can be filled: a tmpfs, where this machine allows to mount one.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MEGABYTES = 96;

/** A directory of limited size. `fill` takes all its room, `free` gives the room back. */
export class SmallDisk {
  #mounted;

  constructor(dir) {
    this.dir = dir;
    mkdirSync(dir);
    const options = `size=${MEGABYTES}m,mode=700`;
    this.#mounted =
      process.platform === 'linux' &&
      spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir], { stdio: 'ignore' }).status === 0;
  }

  get isMounted() {
    return this.#mounted;
  }

  get #ballast() {
    return join(this.dir, 'ballast');
  }

  fill() {
    const file = openSync(this.#ballast, 'w');
    // The last pages are filled in small pieces, so that not even a short record has room.
    for (const size of [1_048_576, 4_096, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error;
      }
    }
    closeSync(file);
  }

  free() {
    rmSync(this.#ballast, { force: true });
  }

  /** Also works while a process still has files open. */
  unmount() {
    if (this.#mounted) spawnSync('umount', ['-l', this.dir], { stdio: 'ignore' });
    this.#mounted = false;
  }
}
