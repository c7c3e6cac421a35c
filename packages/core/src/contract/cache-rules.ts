import type { ReadHeader } from './outcome.js';

/**
 * An answer for {@link CacheRules} to judge.
 * @public
 */
export interface AnswerToJudge {
  readonly method: string;
  readonly url: string;
  /** Reads a header of the request. */
  readonly requestHeader: ReadHeader;
  readonly status: number;
  /** Headers of the answer by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Wall time in ms at which the answer arrived. */
  readonly receivedAt: number;
}

/**
 * How long an answer may be used, according to its own headers.
 * @public
 */
export interface Freshness {
  /** Milliseconds from now for which the answer is fresh. 0 for an answer that the cache may keep and must revalidate before each use. */
  readonly ttlMs: number;
  /** Milliseconds after `ttlMs` for which the stale answer may be used while the line revalidates it. */
  readonly staleWhileRevalidateMs: number;
  /** Names of request headers, in lower case, that the answer depends on. */
  readonly vary: readonly string[];
}

/**
 * Rules that read the freshness of an answer from its headers, such as `httpCacheRules()` of `@holdline/http-cache`.
 * @public
 */
export interface CacheRules {
  readonly name: string;
  /** Judges an answer. Undefined: its headers do not allow a cache to keep it. */
  judge(answer: AnswerToJudge): Freshness | undefined;
}
