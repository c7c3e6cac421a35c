import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from '../http/answer.js';
import type { LimitSettings } from '../options/limit-options.js';
import type { Settings } from '../options/simulator-options.js';
import type { AccessToken } from '../tokens/token-store.js';

/**
 * Kind of a request. `api`: needs a token, and limits apply. `token`: issues tokens; limits do not apply, faults only
 * when they name the endpoint. `open`: needs no token (discovery, unknown paths); otherwise like `token`.
 */
export type RequestKind = 'api' | 'token' | 'open' | 'preflight';

/** Starts to wait for an answer. The returned function ends the wait. */
export type StartWaiting = (settle: (answer: Answer) => void) => () => void;

/** A request and its actions, as handlers see them. */
export interface RouteRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body as text; empty without a body. */
  readonly text: string;
  /** The parsed JSON body; undefined without a body, or when the body is not JSON. */
  readonly body: unknown;
  /** The access token of the request; a placeholder where no token is needed. */
  readonly token: AccessToken;
  readonly limits: readonly LimitSettings[];
  readonly settings: Settings;
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Time since the start of the simulator, ms. */
  readonly now: number;
  /** Wall clock of the simulated server, skew included, ms. */
  readonly wallMs: number;
  readonly contextId: string;
  /** Revokes the access token of the request. */
  revokeToken(): void;
  /** Counts a token that the answer issues. */
  reportIssuedToken(token: AccessToken): void;
  /**
   * Keeps the request open until `settle` is called or `ms` have passed. Then it answers what `settle` got, or `late`.
   * The function that `startWaiting` returns is called at the end, also when the client disconnects.
   */
  waitForAnswer(ms: number, late: Answer, startWaiting: StartWaiting): Promise<Answer>;
}

/** Reads the fields of a body; none for a body that is not an object. */
export function readFields({ body }: RouteRequest): Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
}

/** Reads the objects of a body that is a list; none for another body. */
export function readItems({ body }: RouteRequest): Record<string, unknown>[] {
  const list: unknown[] = Array.isArray(body) ? body : [];
  return list.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
}
