import { check, type Check, ConfigError, GOVERNOR_CHECKS, type GovernorOptions } from '@holdline/core';

/**
 * Options of handshakes, in addition to those of core's governor. Scope `credential` counts by origin here: the credential of a
 * WebSocket is usually hidden in its URL or its first frame.
 * @public
 */
export interface HandshakeOptions extends Omit<GovernorOptions, 'engine'> {
  /**
   * Largest number of handshakes in flight at the same time, per origin.
   * @defaultValue 50 (ours)
   */
  poolSize?: number;
  /**
   * Time between two handshakes to one origin, in ms; handshakes leave evenly spaced.
   * @defaultValue 20 (ours); 0 where `quotas` or `ratePerSec` are given
   */
  spacingMs?: number;
  /**
   * Attempts per socket, including the first.
   * @defaultValue 5 (ours)
   */
  maxAttempts?: number;
  /**
   * Delay before the second attempt, in ms; doubles with each attempt.
   * @defaultValue 1,000 (ours)
   */
  baseDelayMs?: number;
  /**
   * Upper bound of the delay before jitter, in ms.
   * @defaultValue 10,000 (ours)
   */
  maxDelayMs?: number;
  /**
   * Largest random part that is added to a delay, as a fraction of the delay. Jitter never shortens a delay: the platform
   * refuses all clients at the same moment, and none may return before the delay is over.
   * @defaultValue 1 (ours: 1 to 2 s, then 2 to 4 s)
   */
  jitter?: number;
  /**
   * An attempt without an answer is given up after this time, in ms.
   * @defaultValue 15,000 (what genesys-cloud-streaming-client 19 allows a connection)
   */
  attemptTimeoutMs?: number;
  /**
   * A handshake fails if the platform asks to wait longer than this, in ms.
   * @defaultValue 180,000 (as in core's retry)
   */
  maxRetryAfterMs?: number;
  /**
   * Attempts to one origin that close before they are open count as throttled once there are this many in a row. Browsers
   * show nothing else of a 429.
   * @defaultValue 2 (ours)
   */
  earlyCloses?: number;
  /**
   * A session worked if it was open for this long, in ms, or received a message. A reconnect after a working session goes ahead
   * of first connections.
   * @defaultValue 1,000 (ours)
   */
  workingAfterMs?: number;
  /**
   * For this long after a session was lost, in ms, a new socket to the same URL counts as its reconnect.
   * @defaultValue 60,000 (ours)
   */
  reconnectWithinMs?: number;
  /**
   * Returns the key of a session, for example its user; only one session of each key is open at a time. `undefined`: no such
   * limit.
   * @defaultValue none
   */
  sessionKey?: (url: string, protocols: readonly string[]) => string | undefined;
  /**
   * What a second session of a key does: `wait` until the first has ended, or `replace` the first, which is closed with 1000.
   * @defaultValue 'wait'
   */
  secondSession?: 'wait' | 'replace';
  /**
   * With a store that shares session keys: how long a process that died or lost its connection keeps its keys, in ms. A claim
   * is renewed three times within this time.
   * @defaultValue 30,000 (ours)
   */
  sessionClaimMs?: number;
}

const handshakeShape = check.shape<HandshakeOptions>({
  ...GOVERNOR_CHECKS,
  poolSize: check.number({ min: 1, integer: true }),
  spacingMs: check.number({ min: 0, max: 3_600_000 }),
  maxAttempts: check.number({ min: 1, integer: true }),
  baseDelayMs: check.number({ min: 0 }),
  maxDelayMs: check.number({ min: 0 }),
  jitter: check.number({ min: 0 }),
  attemptTimeoutMs: check.number({ above: 0, infinite: true }),
  maxRetryAfterMs: check.number({ min: 0, infinite: true }),
  earlyCloses: check.number({ min: 1, integer: true, infinite: true }),
  workingAfterMs: check.number({ min: 0 }),
  reconnectWithinMs: check.number({ min: 0 }),
  sessionKey: check.callable<NonNullable<HandshakeOptions['sessionKey']>>(),
  secondSession: check.oneOf('wait', 'replace'),
  sessionClaimMs: check.number({ min: 1_000, max: 3_600_000 }),
});

/** Checks {@link HandshakeOptions}. */
export const checkHandshakes: Check<HandshakeOptions> = (value, key) => {
  const options = handshakeShape(value, key);
  for (const [i, quota] of (options.quotas ?? []).entries())
    if (quota.key !== undefined)
      check.refuse(`${key}.quotas[${i}].key`, quota.key, 'omitted (only quotas of endpoints have a key)');
  if (options.spacingMs !== undefined && options.ratePerSec !== undefined)
    throw new ConfigError(`${key}.spacingMs and ${key}.ratePerSec both set the rate: give only one of them`);
  return options;
};

/** Defaults of the handshake options. */
export const HANDSHAKE_DEFAULTS = {
  poolSize: 50,
  maxAttempts: 5,
  baseDelayMs: 1_000,
  maxDelayMs: 10_000,
  jitter: 1,
  attemptTimeoutMs: 15_000,
  maxRetryAfterMs: 180_000,
  earlyCloses: 2,
  workingAfterMs: 1_000,
  reconnectWithinMs: 60_000,
  secondSession: 'wait',
  sessionClaimMs: 30_000,
} as const satisfies HandshakeOptions;

/**
 * Handshake options with their defaults.
 * @public
 */
export type ResolvedHandshakes = HandshakeOptions &
  Required<Omit<HandshakeOptions, 'spacingMs' | 'sessionKey' | keyof GovernorOptions>>;

/**
 * Checks handshake options and adds their defaults.
 * @public
 */
export function resolveHandshakes(options: HandshakeOptions = {}): ResolvedHandshakes {
  return { ...HANDSHAKE_DEFAULTS, ...checkHandshakes(options, 'handshakes') };
}
