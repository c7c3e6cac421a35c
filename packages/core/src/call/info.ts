import type { CallInfo, CredentialRef } from '../contract/call.js';
import type { AnswerSource } from '../contract/events.js';
import type { LetterKey } from '../contract/dead-letters.js';
import type { Outcome, ReadHeader } from '../contract/outcome.js';

const REPORTED_HEADERS = [
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

/** Internal facts about an unusual call. Most calls have none. */
class CallFacts {
  /** Attempts that certainly had no effect. */
  attemptsWithoutEffect = 0;
  /** Source of an answer that cost no request of this call. */
  answeredBy: AnswerSource | undefined = undefined;
  /** Whether a stale answer stands in for a refusal because of a limit. The call is then not repeated. */
  hasStaleAnswer: (() => boolean) | undefined = undefined;
  /** Age of the answer in ms, if it comes from the cache. */
  ageMs: number | undefined = undefined;
  /** Whether the step of the call was tried before. */
  isRepeat = false;
  /** Whether the platform certainly executed the call, although its answer is lost. */
  isExecuted = false;
  /** Whether an attempt of an earlier run may have been executed. */
  isUncertain = false;
  /** When the current attempt left, monotonic ms. Kept only for listeners. */
  sentAt: number | undefined = undefined;
  key: LetterKey | undefined = undefined;
  record: StepRecord | undefined = undefined;
}

/** Records the attempts of a step of a transaction. */
export interface StepRecord {
  /** Called before an attempt leaves. The attempt waits for the promise. */
  begin(): Promise<void> | undefined;
  /** Called after an attempt ended. */
  end(): void;
}

/** The mutable info of an active call. */
export class Info implements CallInfo {
  attempts = 0;
  waitedMs = 0;
  queuedMs = 0;
  refreshed = false;
  status: number | undefined = undefined;
  retryAt: number | undefined = undefined;
  idempotencyKey: string | undefined = undefined;
  #readHeader: ReadHeader | undefined;
  #epoch: number | undefined;
  #credential: CredentialRef | undefined;
  #facts: CallFacts | undefined;

  constructor(readonly route: string) {}

  /** Internal facts; undefined for most calls. */
  get facts(): CallFacts | undefined {
    return this.#facts;
  }

  /** Returns the internal facts, and makes them if there are none. */
  ensureFacts(): CallFacts {
    return (this.#facts ??= new CallFacts());
  }

  /** Whether an attempt may have had an effect. */
  get mayBeExecuted(): boolean {
    const { attemptsWithoutEffect = 0, isUncertain = false } = this.#facts ?? {};
    return isUncertain || this.attempts > attemptsWithoutEffect;
  }

  get fromJournal(): boolean {
    return this.#facts?.answeredBy === 'journal';
  }

  get fromCache(): boolean {
    const source = this.#facts?.answeredBy;
    return source === 'cache' || source === 'stale cache';
  }

  get isStale(): boolean {
    return this.#facts?.answeredBy === 'stale cache';
  }

  get ageMs(): number | undefined {
    return this.#facts?.ageMs;
  }

  /** Generation of the token that signed the last attempt. Internal. */
  get epoch(): number | undefined {
    return this.#epoch;
  }

  set epoch(epoch: number | undefined) {
    this.#epoch = epoch;
  }

  /** The credential of the pool that signs the call. Internal. */
  get credential(): CredentialRef | undefined {
    return this.#credential;
  }

  set credential(credential: CredentialRef | undefined) {
    this.#credential = credential;
  }

  get headers(): Readonly<Record<string, string>> {
    const reported: Record<string, string> = {};
    for (const name of REPORTED_HEADERS) {
      const value = this.#readHeader?.(name);
      if (value !== undefined) reported[name] = value;
    }
    return reported;
  }

  recordOutcome(outcome: Outcome): void {
    this.status = outcome.status;
    this.#readHeader = outcome.header;
    if (hadNoEffect(outcome)) this.ensureFacts().attemptsWithoutEffect++;
  }
}

/** Whether the platform certainly did not execute the attempt. It may have failed after the execution if it answers with a 5xx. */
function hadNoEffect({ kind, status = 0 }: Outcome): boolean {
  return kind === 'rejected' ? status < 500 : kind !== 'ok' && kind !== 'unknown' && kind !== 'cancelled';
}
