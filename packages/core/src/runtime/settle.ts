import type { Clock } from '../contract/clock.js';

/**
 * Whether `work` settles within `ms`. A rejection counts as settled; its error is ignored here.
 * @internal
 */
export function settlesWithin(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = clock.setTimer(ms, () => resolve(false));
    const settled = (): void => {
      stop();
      resolve(true);
    };
    work.then(settled, settled);
  });
}
