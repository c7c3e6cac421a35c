import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from './answer.js';
import type { PathDialect } from './match.js';
import type { LimitSettings, Settings } from './options.js';
import type { Route } from './route.js';
import type { EndpointLine } from './sockets/endpoint.js';
import type { AccessToken, TokenStore } from './tokens.js';

/**
 * What kind of request it is. `api`: needs a token, limits apply. `token`: hands out tokens; outside limits, and outside
 * faults unless one names it. `open`: needs no token (discovery, and what is not there); otherwise like `token`.
 */
export type Kind = 'api' | 'token' | 'open' | 'preflight';

/** The limit that refused a request, and how long it will. */
export interface Refusal {
  readonly limit: LimitSettings;
  readonly waitMs: number;
}

/** Starts to wait for an answer, which is not there yet; what it returns ends the waiting. */
export type Begin = (settle: (answer: Answer) => void) => () => void;

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
  revoke(): void;
  /** Counts a token that this request is answered with. */
  issued(token: AccessToken): void;
  /**
   * Keeps the request open until `settle` is called or `ms` are over, then answers what `settle` was given or `late`.
   * What `begin` returns is called at the end, also when the client goes away.
   */
  hold(ms: number, late: Answer, begin: Begin): Promise<Answer>;
}

/** How a platform words what it refuses. */
export interface Errors {
  /** An error of which the status alone is known (a fault, a script, a wrong path). */
  plain(kind: Kind, status: number, headers: Readonly<Record<string, string>> | undefined, contextId: string): Answer;
  unauthorized(authorization: string | undefined, contextId: string): Answer;
  tooLarge(kind: Kind, maxBytes: number, contextId: string): Answer;
  refused(refusal: Refusal, settings: Settings, wallMs: number, contextId: string): Answer;
  /** A mistake of this package, said aloud. */
  failed(message: string, contextId: string): Answer;
}

/** A platform behind the engine: its routes, its tokens, its words. The engine has the wire, limits, faults, counters. */
export interface Platform {
  readonly tokens: TokenStore;
  readonly errors: Errors;
  /** Largest request body it takes. */
  readonly maxBodyBytes: number;
  /** Its WebSockets. */
  readonly endpoints: readonly EndpointLine[];
  /** One always answers. */
  findRoute(method: string, segments: readonly string[]): Route;
  /** Headers of every answer besides Date, CORS and quota hints. */
  usualHeaders(contextId: string): Readonly<Record<string, string>>;
}

/** What a platform is made from. */
export interface PlatformSetup {
  readonly seed: number;
  /** Those in force. */
  settings(): Settings;
  /** Since the start of the simulator, ms. */
  now(): number;
}

/** A platform that can be started. */
export interface PlatformKind<P extends Platform = Platform> {
  readonly paths: PathDialect;
  /** As the user would write them. */
  readonly defaultLimits: readonly unknown[];
  /** Options that only this platform has. */
  readonly ownOptions: readonly string[];
  create(setup: PlatformSetup): P;
}
