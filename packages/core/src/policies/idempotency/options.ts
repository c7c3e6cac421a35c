import { type Check, flag, number, refuse, shape } from '../../contract/check.js';

/** Options of the idempotency keys. */
export interface IdempotencyOptions {
  /**
   * The header that carries the key.
   * @defaultValue 'Idempotency-Key' (IETF draft; the one Genesys route that honours a key uses it too)
   */
  header?: string;
  /**
   * Sends the key as a quoted string, as the IETF draft wants and most services do not.
   * @defaultValue false
   */
  quoted?: boolean;
  /**
   * Sends a key on every write, not only on routes declared `keyed` and in transactions. It does not make a write repeatable.
   * @defaultValue false
   */
  always?: boolean;
  /**
   * A key issued longer ago than this, in ms, is replaced: platforms forget keys after a day.
   * @defaultValue 82,800,000 (ours: an hour short of the 24 h for which Stripe keeps keys; Genesys documents no time)
   */
  rotateAfterMs?: number;
}

const headerCheck: Check<string> = (value, key) =>
  typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value) ? value : refuse(key, value, 'the name of a header');

/** Checks {@link IdempotencyOptions}. */
export const checkIdempotency = shape<IdempotencyOptions>({
  header: headerCheck,
  quoted: flag,
  always: flag,
  rotateAfterMs: number({ above: 0 }),
});

/** Options in force where the user gave none. */
export const IDEMPOTENCY_DEFAULTS: Required<IdempotencyOptions> = {
  header: 'Idempotency-Key',
  quoted: false,
  always: false,
  rotateAfterMs: 23 * 3_600_000,
};
