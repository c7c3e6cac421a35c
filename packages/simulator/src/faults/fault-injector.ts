import type { FaultSettings } from '../options/fault-options.js';
import { matchesPattern } from '../paths/path-pattern.js';
import { type Random, createRandomStream } from '../random.js';

/** What strikes one request: at most one fault that decides, and all delays together, ms. */
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

/** The faults in force. Each has its own stream of chance and its own counters. */
export class FaultInjector {
  #armed: ArmedFault[] = [];

  constructor(faults: readonly FaultSettings[], seed: number) {
    this.setFaults(faults, seed);
  }

  /** Replaces all faults; counters start anew. */
  setFaults(faults: readonly FaultSettings[], seed: number): void {
    this.#armed = faults.map((fault, index) => ({
      fault,
      random: createRandomStream(seed, `fault/${index}`),
      matched: 0,
      fired: 0,
    }));
  }

  /** `named`: only faults whose pattern is given and matches (for the token endpoint). */
  decideFault(method: string, segments: readonly string[], named: boolean): FaultDecision {
    if (this.#armed.length === 0) return NO_FAULT;
    let deciding: FaultSettings | undefined;
    let delayMs = 0;
    for (const item of this.#armed) {
      const { fault } = item;
      if (fault.pattern === undefined ? named : !matchesPattern(fault.pattern, method, segments)) continue;
      // Every matching request advances the counters and the chance, also one that another fault already decided:
      // whether a fault fires depends on the order of requests alone.
      const fires = advanceFault(item);
      if (!fires || (fault.kind !== 'delay' && deciding !== undefined)) continue;
      item.fired += 1;
      delayMs += fault.delayMs;
      if (fault.kind !== 'delay') deciding = fault;
    }
    return { ...(deciding !== undefined && { fault: deciding }), delayMs };
  }
}

function advanceFault(item: ArmedFault): boolean {
  const { after, every, rate, times } = item.fault;
  item.matched += 1;
  const turn = item.matched - after;
  if (turn <= 0) return false;
  const hit = rate === undefined || item.random.next() < rate;
  return hit && (every === undefined || turn % every === 0) && (times === undefined || item.fired < times);
}
