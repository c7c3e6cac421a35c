// A policy for Holdline. It sees each call before it is sent, and its outcome afterwards.
import { definePolicy } from '@holdline/core';

// CHANGE 1: the options of your policy. `explain` shows them, so they must not contain secrets.

/** The options of the policy. */
export interface Options {
  /** Writes before this date are refused. */
  readonly until: Date;
}

/** A write that the policy refused. Nothing was sent. */
export class FrozenError extends Error {
  override readonly name = 'FrozenError';
}

/**
 * Refuses all writes before a date. `createHoldline().use($policy$({ until }))` puts the policy on a line.
 */
export const $policy$ = definePolicy<Options>({
  name: '$policyName$',
  // CHANGE 2: the phase decides the place of the policy, and whether it runs once per call or once per attempt. In phase `answer`, a
  // refused write costs no quota.
  phase: 'answer',
  create({ until }, { clock }) {
    // State belongs here: two lines must not share it.
    let refused = 0;
    return (call, next) => {
      // The time comes from the clock of the line, so that a test of one year takes one millisecond.
      if (call.method === 'GET' || clock.wall() >= until.getTime()) return next(call);
      throw new FrozenError(`${call.route.name}: no writes before ${until.toISOString()}, write number ${++refused}`);
    };
  },
});
