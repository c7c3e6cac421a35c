import type { FaultSettings } from '../options/fault-options.js';
import { matchesPattern } from '../paths/path-pattern.js';
import { type Random, createRandomStream } from '../random.js';

/** The faults for one request: at most one deciding fault, and the sum of all delays, ms. */
export interface FaultDecision {
  readonly fault?: FaultSettings;
  readonly delayMs: number;
}

interface ArmedFault {
  readonly fault: FaultSettings;
  readonly random: Random;
  matched: number;
  fired: number;
}

const NO_FAULT: FaultDecision = { delayMs: 0 };

/** The active faults. Each fault has its own random stream and its own counters. */
export class FaultInjector {
  #armed: ArmedFault[] = [];

  constructor(faults: readonly FaultSettings[], seed: number) {
    this.setFaults(faults, seed);
  }

  /** Replaces all faults and resets their counters. */
  setFaults(faults: readonly FaultSettings[], seed: number): void {
    this.#armed = faults.map((fault, index) => ({
      fault,
      random: createRandomStream(seed, `fault/${index}`),
      matched: 0,
      fired: 0,
    }));
  }

  /** Decides which faults fire. With `named`, only faults whose pattern matches fire (for token endpoints). */
  decideFault(method: string, segments: readonly string[], named: boolean): FaultDecision {
    if (this.#armed.length === 0) return NO_FAULT;
    let deciding: FaultSettings | undefined;
    let delayMs = 0;
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (fault.pattern === undefined ? named : !matchesPattern(fault.pattern, method, segments)) continue;
      // Every matching request advances the counters and the random stream, also when another fault already decided. So
      // only the order of requests determines whether a fault fires.
      const fires = advanceFault(armed);
      if (!fires || (fault.kind !== 'delay' && deciding !== undefined)) continue;
      armed.fired += 1;
      delayMs += fault.delayMs;
      if (fault.kind !== 'delay') deciding = fault;
    }
    return { ...(deciding !== undefined && { fault: deciding }), delayMs };
  }
}

function advanceFault(armed: ArmedFault): boolean {
  const { after, every, rate, times } = armed.fault;
  armed.matched += 1;
  const turn = armed.matched - after;
  if (turn <= 0) return false;
  const isDrawn = rate === undefined || armed.random.next() < rate;
  return isDrawn && (every === undefined || turn % every === 0) && (times === undefined || armed.fired < times);
}
