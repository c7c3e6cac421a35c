import { type Check, count, isRecord, number, oneOf, orFalse, positive, refuse, shape } from '../../contract/check.js';
import type { BreakerEngine } from '../../contract/engines.js';

/** Checks a {@link BreakerEngine}. */
export const checkBreakerEngine: Check<BreakerEngine> = (value, key, also = '') => {
  const fits = isRecord(value) && typeof value['name'] === 'string' && typeof value['circuit'] === 'function';
  return fits ? (value as unknown as BreakerEngine) : refuse(key, value, `${also}an engine with name and circuit`);
};

/**
 * Share of throttled attempts at which a circuit opens.
 * @public
 */
export interface ThrottleTrip {
  /**
   * Share of 429s among the attempts of the window above which the circuit opens.
   * @defaultValue 0.6
   */
  ratio?: number;
  /**
   * Minimum number of attempts in the window before the circuit opens for throttling.
   * @defaultValue 20
   */
  minAttempts?: number;
}

/**
 * Options of the circuit breaker. One circuit per host and route, or per host, route and credential.
 * @public
 */
export interface BreakerOptions {
  /**
   * A route has one circuit for each host, or with `credential` one for each host and credential. `credential` is for clients that
   * serve several tenants: failures of one tenant then do not stop the calls of the others.
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
   * Minimum number of completed attempts in the window before the circuit opens.
   * @defaultValue 20 (ours: a breaker that opens on the first failure is the classic complaint)
   */
  minAttempts?: number;
  /**
   * Time in ms that the circuit stays open before it admits probes.
   * @defaultValue 10,000 (the vendor's resilience sample)
   */
  openMs?: number;
  /**
   * Number of probes that must succeed before the circuit closes. As many may be in flight at the same time.
   * @defaultValue 3 (the vendor's resilience sample)
   */
  probes?: number;
  /**
   * Time limit of a probe in ms, after which it makes room for another one.
   * @defaultValue 30,000 (ours: twice the 16 s timeout of the vendor's SDK)
   */
  probeTimeoutMs?: number;
  /**
   * 429s do not count as failures, but the circuit also opens above this share of 429s. Behind a working gate this happens only when
   * another client uses the quota.
   * @defaultValue 60 % of at least 20 attempts
   */
  throttled?: ThrottleTrip | false;
  /**
   * Calls that wait for a permit when the circuit opens: `fail` rejects them, `keep` lets them wait.
   * @defaultValue 'fail'
   */
  queued?: 'fail' | 'keep';
  /**
   * An external breaker that decides by its own numbers, for teams that already use one. Only the options `scope`, `queued` and
   * `probeTimeoutMs` then apply.
   * @defaultValue false (ours: the built-in circuit)
   */
  engine?: BreakerEngine | false;
}

/** Checks {@link BreakerOptions}. */
export const checkBreaker = shape<BreakerOptions>({
  scope: oneOf('host', 'credential'),
  windowMs: number({ min: 10 }),
  failureRatio: number({ above: 0, max: 1 }),
  minAttempts: count,
  openMs: positive,
  probes: count,
  probeTimeoutMs: positive,
  throttled: orFalse(shape<ThrottleTrip>({ ratio: number({ above: 0, max: 1 }), minAttempts: count })),
  queued: oneOf('fail', 'keep'),
  engine: orFalse(checkBreakerEngine),
});

/** Default options of the circuit breaker. */
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
