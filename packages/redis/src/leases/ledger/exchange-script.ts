import { SERVER_TIME } from '../../scripts/server-time.js';
import { ARGUMENTS } from './arguments.js';
import { BUCKET } from './bucket.js';
import { COUNTING_TRIAL } from './counting-trial.js';
import { FIXED_WINDOWS } from './fixed-windows.js';
import { LEARN_REPORT } from './learn-report.js';
import { LEARNED_LIMIT } from './learned-limit.js';
import { LEND_PERMITS } from './lend-permits.js';
import { OPEN_LEDGER } from './open-ledger.js';
import { PLACES } from './places.js';
import { REPAIR } from './repair.js';
import { WRITE_LEDGER } from './write-ledger.js';

export { LEDGER_KEYS } from './arguments.js';

/**
 * Builds the script of one exchange with the ledger of a quota: a process reports what became of its permits, and receives new ones.
 *
 * A limit is that many places. One permit after another takes a place, and never two within one window: a place is free again one window
 * after the answer of its attempt, or, without a report, one window after the last time at which the permit can have been spent. So no
 * window holds more permits than there are places. The ledger counts places by the tick at which they become free.
 *
 * Where the platform counts in fixed windows, a place is free earlier: when the window of its answer ends. It is counted under the same
 * tick, so that the estimate may change at any time. The tokens of a bucket are estimated beside the places.
 *
 * The estimate is what all processes together know of the platform: how it counts, where its windows end, how much it accepts. It is
 * stored in the ledger as JSON, and each reply carries it. Permits are whole numbers in every key: values read are rounded, values lent
 * and written are asserted.
 *
 * @param time - Lua that sets `now` in ms.
 */
export function buildExchangeScript(time = SERVER_TIME): string {
  return [
    time,
    REPAIR,
    ARGUMENTS,
    OPEN_LEDGER,
    PLACES,
    'local currentLimit, usesFixedWindows, isBucket, mustAnnounce',
    BUCKET,
    COUNTING_TRIAL,
    FIXED_WINDOWS,
    LEARNED_LIMIT,
    LEARN_REPORT,
    LEND_PERMITS,
    WRITE_LEDGER,
  ].join('\n');
}
