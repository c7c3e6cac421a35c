import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from '../http/answer.js';
import type { LimitSettings } from '../options/limit-options.js';
import type { Settings } from '../options/simulator-options.js';
import type { AccessToken } from '../tokens/token-store.js';

/**
 * What kind of request it is. `api`: needs a token, limits apply. `token`: hands out tokens; outside limits, and outside
 * faults unless one names it. `open`: needs no token (discovery, and what is not there); otherwise like `token`.
 */
export type RequestKind = 'api' | 'token' | 'open' | 'preflight';

/** Starts to wait for an answer, which is not there yet; what it returns ends the waiting. */
export type StartWaiting = (settle: (answer: Answer) => void) => () => void;

/** What a handler sees of one request, and what it may do with it. */
export interface RouteRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came; empty without one. */
  readonly text: string;
  /** The parsed JSON body; undefined when there was none or when it was not JSON by its content type. */
  readonly body: unknown;
  /** Of the request; of nobody where none is needed. */
  readonly token: AccessToken;
  readonly limits: readonly LimitSettings[];
  readonly settings: Settings;
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Since the start of the simulator, ms. */
  readonly now: number;
  /** The server's own wall clock, skew included, ms. */
  readonly wallMs: number;
  readonly contextId: string;
  /** Kills the token that asks. */
  revokeToken(): void;
  /** Counts a token that this request is answered with. */
  reportIssuedToken(token: AccessToken): void;
  /**
   * Keeps the request open until `settle` is called or `ms` are over, then answers what `settle` was given or `late`.
   * What `startWaiting` returns is called at the end, also when the client goes away.
   */
  waitForAnswer(ms: number, late: Answer, startWaiting: StartWaiting): Promise<Answer>;
}

/** The fields of a body that is an object. */
export function readFields({ body }: RouteRequest): Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
}
