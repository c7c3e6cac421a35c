import { check, type Call, type Check } from '@holdline/core';

/** Which limiter a call goes to. */
export interface BottleneckOptions {
  /**
   * Which limiter of a group a call belongs to. With clustering it is part of the names in Redis: never a token.
   * @defaultValue none: a group needs it, a single limiter has no use for it
   */
  key?: (call: Call) => string;
}

/** Checks {@link BottleneckOptions}. */
export const checkOptions: Check<BottleneckOptions> = check.shape<BottleneckOptions>({
  key: check.callable<(call: Call) => string>(),
});
