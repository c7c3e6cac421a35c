import { type Check, flag, nonNegative, positive, refuse, shape } from '../../contract/check.js';

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
  /**
   * Longest body of an answer in bytes that the journal keeps for a step of a transaction. A longer answer is not kept.
   * @defaultValue 65,536 (ours: answers of writes are small, and a stored journal of 100,000 steps stays below some 9 GB)
   */
  maxAnswerBytes?: number;
  /**
   * Time in ms for which the journal keeps the steps of transactions. A transaction that runs again later executes its steps again.
   * @defaultValue 604,800,000 (ours: 7 days, so that a transaction can be continued after a weekend)
   */
  keepMs?: number;
}

const headerCheck: Check<string> = (value, key) =>
  typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value) ? value : refuse(key, value, 'the name of a header');

/** Checks {@link IdempotencyOptions}. */
export const checkIdempotency = shape<IdempotencyOptions>({
  header: headerCheck,
  quoted: flag,
  always: flag,
  rotateAfterMs: positive,
  maxAnswerBytes: nonNegative,
  keepMs: positive,
});

/** Default options of idempotency keys. */
export const IDEMPOTENCY_DEFAULTS: Required<IdempotencyOptions> = {
  header: 'Idempotency-Key',
  quoted: false,
  always: false,
  rotateAfterMs: 23 * 3_600_000,
  maxAnswerBytes: 65_536,
  keepMs: 7 * 24 * 3_600_000,
};
