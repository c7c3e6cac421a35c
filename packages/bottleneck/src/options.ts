import { check, type Call, type Check } from '@holdline/core';

/**
 * Options of `bottleneck`.
 * @public
 */
export interface BottleneckOptions {
  /**
   * Returns the key of the group's limiter for a call; with clustering it is part of names in Redis, so never use a token.
   * @defaultValue none; required for a group, unused for a single limiter
   */
  key?: (call: Call) => string;
}

/** Checks {@link BottleneckOptions}. */
export const checkOptions: Check<BottleneckOptions> = check.shape<BottleneckOptions>({
  key: check.callable<(call: Call) => string>(),
});
