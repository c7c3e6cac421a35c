import type { Call } from '../call.js';
import { isRecord, refuse, type Check } from '../check.js';
import type { Undo } from '../ports.js';

/**
 * Somebody else's limiter behind the governor: it says when an attempt may leave. What the platform refuses, deadlines, aborts
 * and the bound on waiting calls stay with the line.
 */
export interface GovernorEngine {
  /** Shown by `explain` and in errors. */
  readonly name: string;
  /**
   * Asks for a slot for one attempt. Resolves when it may leave, with what gives the slot back; that is called once, when the
   * attempt has ended, or at once where nobody waits for it any more. Rejects where the attempt may never leave: a
   * `HoldlineError` as it is, anything else as the cause of an {@link EngineError}.
   */
  acquire(call: Call): Promise<Undo>;
}

/** Checks a {@link GovernorEngine}. */
export const checkGovernorEngine: Check<GovernorEngine> = (value, key) => {
  const fits = isRecord(value) && typeof value['name'] === 'string' && typeof value['acquire'] === 'function';
  return fits ? (value as unknown as GovernorEngine) : refuse(key, value, 'an engine with name and acquire');
};
