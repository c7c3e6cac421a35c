import type { FaultSettings } from '../options/fault-options.js';
import { matches } from '../paths/path-pattern.js';
import { type Random, randomStream } from '../random.js';

/** What strikes one request: at most one fault that decides, and all delays together, ms. */
export interface Strike {
  readonly fault?: FaultSettings;
  readonly delayMs: number;
}

interface Armed {
  readonly fault: FaultSettings;
  readonly chance: Random;
  seen: number;
  struck: number;
}

const NOTHING: Strike = { delayMs: 0 };

/** The faults in force. Each has its own stream of chance and its own counters. */
export class Faults {
  #armed: Armed[] = [];

  constructor(faults: readonly FaultSettings[], seed: number) {
    this.arm(faults, seed);
  }

  /** Replaces all faults; counters start anew. */
  arm(faults: readonly FaultSettings[], seed: number): void {
    this.#armed = faults.map((fault, index) => ({
      fault,
      chance: randomStream(seed, `fault/${index}`),
      seen: 0,
      struck: 0,
    }));
  }

  /** `named`: only faults whose pattern is given and matches (for the token endpoint). */
  strike(method: string, segments: readonly string[], named: boolean): Strike {
    if (this.#armed.length === 0) return NOTHING;
    let deciding: FaultSettings | undefined;
    let delayMs = 0;
    for (const item of this.#armed) {
      const { fault } = item;
      if (fault.pattern === undefined ? named : !matches(fault.pattern, method, segments)) continue;
      // Every matching request advances the counters and the chance, also one that another fault already decided:
      // whether a fault fires depends on the order of requests alone.
      const fires = isDue(item);
      if (!fires || (fault.kind !== 'delay' && deciding !== undefined)) continue;
      item.struck += 1;
      delayMs += fault.delayMs;
      if (fault.kind !== 'delay') deciding = fault;
    }
    return { ...(deciding !== undefined && { fault: deciding }), delayMs };
  }
}

function isDue(item: Armed): boolean {
  const { after, every, rate, times } = item.fault;
  item.seen += 1;
  const turn = item.seen - after;
  if (turn <= 0) return false;
  const hit = rate === undefined || item.chance.next() < rate;
  return hit && (every === undefined || turn % every === 0) && (times === undefined || item.struck < times);
}
