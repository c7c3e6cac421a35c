import { check, type Check, ConfigError, GOVERNOR_CHECKS, type GovernorOptions } from '@holdline/core';

/**
 * Options of handshakes. Beside its own it takes those of core's governor; what they count by `credential` they count here by
 * origin, for the credential of a WebSocket is mostly hidden in its URL or its first frame.
 */
export interface HandshakeOptions extends Omit<GovernorOptions, 'engine'> {
  /**
   * Handshakes under way at the same time, per origin.
   * @defaultValue 50 (ours)
   */
  poolSize?: number;
  /**
   * Time between two handshakes to one origin, in ms: they leave evenly spaced.
   * @defaultValue 20 (ours); 0 where `quotas` or `ratePerSec` are given
   */
  spacingMs?: number;
  /**
   * Attempts of one socket, the first included.
   * @defaultValue 5 (ours)
   */
  maxAttempts?: number;
  /**
   * Delay before the second attempt, in ms; doubles with each.
   * @defaultValue 1,000 (ours)
   */
  baseDelayMs?: number;
  /**
   * Upper bound of the delay before jitter, in ms.
   * @defaultValue 10,000 (ours)
   */
  maxDelayMs?: number;
  /**
   * Part of a delay that is added to it at random, at most. Never taken off: all clients are refused at the same moment, and
   * none may come back before the delay is over.
   * @defaultValue 1 (ours: 1 to 2 s, then 2 to 4 s)
   */
  jitter?: number;
  /**
   * An attempt that is not answered after this long is given up, in ms.
   * @defaultValue 15,000 (what genesys-cloud-streaming-client 19 allows a connection)
   */
  attemptTimeoutMs?: number;
  /**
   * A platform that asks to wait for longer than this, in ms, is not waited for.
   * @defaultValue 180,000 (as in core's retry)
   */
  maxRetryAfterMs?: number;
  /**
   * Attempts to one origin that are closed in a row before they are open, from which on they count as throttled. Browsers show
   * nothing else of a 429.
   * @defaultValue 2 (ours)
   */
  earlyCloses?: number;
  /**
   * A session that was open for so long, in ms, or that received a message, was a working one. Who lost one goes ahead of
   * those who connect for the first time.
   * @defaultValue 1,000 (ours)
   */
  workingAfterMs?: number;
  /**
   * For so long, in ms, a new socket to the same URL counts as the reconnect of a lost one.
   * @defaultValue 60,000 (ours)
   */
  reconnectWithinMs?: number;
  /**
   * Whose session it will be. Of those with the same key one is under way at a time; `undefined`: not counted.
   * @defaultValue none
   */
  sessionKey?: (url: string, protocols: readonly string[]) => string | undefined;
  /**
   * What a second session of a key does: `wait` until the first has ended, or `replace` it, closing it with 1000.
   * @defaultValue 'wait'
   */
  secondSession?: 'wait' | 'replace';
  /**
   * Where a store shares the session keys: for so long, in ms, a process that died or is cut off still has its keys. A claim is
   * renewed three times in it.
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
    if (quota.key !== undefined) check.refuse(`${key}.quotas[${i}].key`, quota.key, 'left out: it is for endpoints');
  if (options.spacingMs !== undefined && options.ratePerSec !== undefined)
    throw new ConfigError(`${key}.spacingMs and ${key}.ratePerSec say the same: give one of them`);
  return options;
};

/** Options in force where the user gave none. */
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

/** Handshake options with their defaults. */
export type ResolvedHandshakes = HandshakeOptions & Required<Pick<HandshakeOptions, keyof typeof HANDSHAKE_DEFAULTS>>;

/** Checks handshake options and adds what they leave out. */
export function resolveHandshakes(options: HandshakeOptions = {}): ResolvedHandshakes {
  return { ...HANDSHAKE_DEFAULTS, ...checkHandshakes(options, 'handshakes') };
}
