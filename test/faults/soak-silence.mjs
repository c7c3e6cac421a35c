// Whether a process of the soak is alive, also on a busy machine.
import { readFileSync } from 'node:fs';

/**
 * Returns a function that tells for how long a process could run and waited for the processor since the last call, ms. Time in which the
 * process computed, slept or waited for a disk does not count: such a stop is its own. Zero where the system does not tell.
 */
export function processorWait(pid) {
  let before = readWaitMs(pid);
  return () => {
    const now = readWaitMs(pid);
    const ms = Math.max(0, now - before);
    before = now;
    return ms;
  };
}

/** The system counts a wait when the process has the processor again. */
function readWaitMs(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** The time since a process gave its last sign of life, on a clock of the caller. */
export class Silence {
  longestMs = 0;
  #since = -Infinity;
  #isReported = false;

  /** @param maxMs - Longest time without a sign. */
  constructor(maxMs) {
    this.maxMs = maxMs;
  }

  /** Records a sign of life. */
  end(now) {
    this.#since = now;
    this.#isReported = false;
  }

  /** Returns whether the silence is too long now, once for each silence. */
  check(now) {
    const ms = now - this.#since;
    this.longestMs = Math.max(this.longestMs, ms);
    if (this.#isReported || ms < this.maxMs) return false;
    this.#isReported = true;
    return true;
  }
}
