import type { CallInfo } from '../contract/call.js';
import type { LetterKey } from '../contract/dead-letters.js';
import type { Outcome, ReadHeader } from '../contract/outcome.js';
import type { PoolMember } from '../policies/token/pool.js';

const TOLD_HEADERS = [
  'retry-after',
  'date',
  'ratelimit',
  'ratelimit-policy',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-rate-limit-limit',
  'x-rate-limit-remaining',
  'x-rate-limit-reset',
  'inin-correlation-id',
  'inin-ratelimit-count',
  'inin-ratelimit-allowed',
  'inin-ratelimit-reset',
  'icstatusdescription',
  'content-type',
];

/** What only a call knows that did not go the plain way; not told. */
class Trace {
  /** Attempts that certainly had no effect. */
  withoutEffect = 0;
  /** Whether it waits for, or got, the answer of the same call under way. */
  isJoined = false;
  /** Whether its step was tried before. */
  isRepeat = false;
  /** Whether it is known to have been executed, although its answer is lost. */
  isExecuted = false;
  key: LetterKey | undefined = undefined;
}

export class Info implements CallInfo {
  attempts = 0;
  waitedMs = 0;
  queuedMs = 0;
  refreshed = false;
  status: number | undefined = undefined;
  retryAt: number | undefined = undefined;
  idempotencyKey: string | undefined = undefined;
  #read: ReadHeader | undefined = undefined;
  #epoch: number | undefined = undefined;
  #member: PoolMember | undefined = undefined;
  #trace: Trace | undefined = undefined;

  constructor(readonly route: string) {}

  /** Undefined for most. */
  get trace(): Trace | undefined {
    return this.#trace;
  }

  /** Begins a trace, where there is none. */
  traced(): Trace {
    return (this.#trace ??= new Trace());
  }

  /** Whether an attempt was made of which it is not known that it had no effect. */
  get mayBeExecuted(): boolean {
    return this.attempts > (this.#trace?.withoutEffect ?? 0);
  }

  /** Of the token that signed the last attempt; not told. */
  get epoch(): number | undefined {
    return this.#epoch;
  }

  set epoch(epoch: number | undefined) {
    this.#epoch = epoch;
  }

  /** The credential of the pool by which it goes; not told. */
  get member(): PoolMember | undefined {
    return this.#member;
  }

  set member(member: PoolMember | undefined) {
    this.#member = member;
  }

  get headers(): Readonly<Record<string, string>> {
    const told: Record<string, string> = {};
    for (const name of TOLD_HEADERS) {
      const value = this.#read?.(name);
      if (value !== undefined) told[name] = value;
    }
    return told;
  }

  saw(outcome: Outcome): void {
    this.status = outcome.status;
    this.#read = outcome.header;
    const { kind } = outcome;
    if (kind !== 'ok' && kind !== 'unknown' && kind !== 'cancelled') this.traced().withoutEffect++;
  }
}
