import { type Check, isRecord, number, oneOf, orFalse, refuse, shape } from '../../contract/check.js';
import type { BreakerEngine } from '../../contract/engines.js';

/** Checks a {@link BreakerEngine}. */
export const checkBreakerEngine: Check<BreakerEngine> = (value, key) => {
  const fits = isRecord(value) && typeof value['name'] === 'string' && typeof value['circuit'] === 'function';
  return fits ? (value as unknown as BreakerEngine) : refuse(key, value, 'an engine with name and circuit');
};

/** When a circuit opens for throttling. */
export interface ThrottleTrip {
  /**
   * Share of 429s among the attempts of the window above which the circuit opens.
   * @defaultValue 0.6
   */
  ratio?: number;
  /**
   * Attempts in the window below which it does not.
   * @defaultValue 20
   */
  minAttempts?: number;
}

/** Options of the circuit breaker. One circuit per host and route, or per host, route and credential. */
export interface BreakerOptions {
  /**
   * What a route's circuits are kept by. `credential`: also by whose calls they are, for clients that serve several tenants, where
   * what one of them runs into must not close the door to the others.
   * @defaultValue 'host'
   */
  scope?: 'host' | 'credential';
  /**
   * Length of the window in ms.
   * @defaultValue 10,000 (opossum's `rollingCountTimeout`)
   */
  windowMs?: number;
  /**
   * Share of failures among the completed attempts of the window at which the circuit opens.
   * @defaultValue 0.5 (opossum's `errorThresholdPercentage`)
   */
  failureRatio?: number;
  /**
   * Completed attempts in the window below which it stays closed.
   * @defaultValue 20 (ours: a breaker that opens on the first failure is the classic complaint)
   */
  minAttempts?: number;
  /**
   * How long it stays open before probes go out, in ms.
   * @defaultValue 10,000 (the vendor's resilience sample)
   */
  openMs?: number;
  /**
   * Probes that must succeed, and that may be out at the same time.
   * @defaultValue 3 (the vendor's resilience sample)
   */
  probes?: number;
  /**
   * A probe without a result for this long, in ms, makes room for another.
   * @defaultValue 30,000 (ours: twice the 16 s timeout of the vendor's SDK)
   */
  probeTimeoutMs?: number;
  /**
   * 429s are the platform's health, not its illness, and count apart: above this share the circuit opens too. Behind a working
   * gate that only happens when somebody else eats the quota.
   * @defaultValue 60 % of at least 20 attempts
   */
  throttled?: ThrottleTrip | false;
  /**
   * What happens to calls that wait for a permit when the circuit opens.
   * @defaultValue 'fail'
   */
  queued?: 'fail' | 'keep';
  /**
   * Somebody else's breaker, for teams that run on one: it decides by its own numbers. Of these options `scope`,
   * `queued` and `probeTimeoutMs` hold then.
   * @defaultValue false (none: our own)
   */
  engine?: BreakerEngine | false;
}

/** Checks {@link BreakerOptions}. */
export const checkBreaker = shape<BreakerOptions>({
  scope: oneOf('host', 'credential'),
  windowMs: number({ min: 10 }),
  failureRatio: number({ above: 0, max: 1 }),
  minAttempts: number({ min: 1, integer: true }),
  openMs: number({ above: 0 }),
  probes: number({ min: 1, integer: true }),
  probeTimeoutMs: number({ above: 0 }),
  throttled: orFalse(
    shape<ThrottleTrip>({ ratio: number({ above: 0, max: 1 }), minAttempts: number({ min: 1, integer: true }) }),
  ),
  queued: oneOf('fail', 'keep'),
  engine: orFalse(checkBreakerEngine),
});

/** Options in force where the user gave none. */
export const BREAKER_DEFAULTS = {
  scope: 'host',
  windowMs: 10_000,
  failureRatio: 0.5,
  minAttempts: 20,
  openMs: 10_000,
  probes: 3,
  probeTimeoutMs: 30_000,
  throttled: { ratio: 0.6, minAttempts: 20 },
  queued: 'fail',
  engine: false as BreakerEngine | false,
} as const satisfies Required<BreakerOptions>;
