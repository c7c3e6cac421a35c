// Whether a process of the soak had the processor, so that a calm phase shows something about its line.
import { readFileSync } from 'node:fs';

/** Time between two beats, and the delay from which on a beat shows a starved process. */
const BEAT_MS = 100;
const LATE_MS = 150;
/** Part of a late beat in which a starved process waited for the processor. */
const MIN_WAITING_PART = 0.5;

/** How long this thread waited for the processor although it could run, in ms. Undefined where the system does not tell. */
function readWaitedMs() {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return undefined;
  }
}

/**
 * Notes when a process waited for the processor: a timer is late then. A process that computed, that was stopped, or that waited for its
 * disk is late too, and was not starved. A line that blocks its process is not excused.
 */
export class Health {
  /** Times without the processor, in ms of `Date.now`: the processes of a machine share this clock. */
  starved = [];
  #last = Date.now();
  #waitedMs = readWaitedMs();
  #cpu = process.cpuUsage();
  #timer;

  /** @param onStarved - Called with each such time. */
  constructor(onStarved = () => undefined) {
    this.#timer = setInterval(() => {
      const from = this.#last;
      const to = Date.now();
      const { waitingMs, busyMs } = this.#measure(to - from);
      this.#last = to;
      const isLate = to - from > BEAT_MS + LATE_MS;
      // A process that computed for so long was late by its own doing, however long it also waited.
      if (!isLate || busyMs > LATE_MS || waitingMs < MIN_WAITING_PART * (to - from)) return;
      const time = { from, to };
      this.starved.push(time);
      onStarved(time);
    }, BEAT_MS).unref();
  }

  stop() {
    clearInterval(this.#timer);
  }

  #measure(ms) {
    const before = this.#waitedMs;
    this.#waitedMs = readWaitedMs();
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#cpu = process.cpuUsage();
    const busyMs = (user + system) / 1_000;
    return { busyMs, waitingMs: before === undefined ? ms - busyMs : this.#waitedMs - before };
  }
}

/** How long processes with these starved times all had the processor, between two moments. */
export function healthyMs(starved, from, to) {
  let ms = to - from;
  let end = from;
  for (const time of starved.toSorted((a, b) => a.from - b.from)) {
    const begin = Math.max(time.from, end);
    const stop = Math.min(time.to, to);
    if (stop <= begin) continue;
    ms -= stop - begin;
    end = stop;
  }
  return ms;
}
