import { type Check, flag, positive, refuse, shape } from '../../contract/check.js';

/**
 * Options of idempotency keys.
 * @public
 */
export interface IdempotencyOptions {
  /**
   * Header that carries the key.
   * @defaultValue 'Idempotency-Key' (IETF draft; also the header of the one Genesys route that honours keys)
   */
  header?: string;
  /**
   * Sends the key as a quoted string. The IETF draft requires the quotes, most services do not accept them.
   * @defaultValue false
   */
  quoted?: boolean;
  /**
   * Sends a key with every write, not only in transactions and on routes declared `keyed`. The key alone does not make a write
   * repeatable.
   * @defaultValue false
   */
  always?: boolean;
  /**
   * Age in ms after which a key is replaced. Platforms forget keys after a day.
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
  rotateAfterMs: positive,
});

/** Default options of idempotency keys. */
export const IDEMPOTENCY_DEFAULTS: Required<IdempotencyOptions> = {
  header: 'Idempotency-Key',
  quoted: false,
  always: false,
  rotateAfterMs: 23 * 3_600_000,
};
