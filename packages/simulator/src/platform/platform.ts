import type { Answer } from '../http/answer.js';
import type { Refusal } from '../limits/limiter.js';
import type { Settings } from '../options/simulator-options.js';
import type { PathDialect } from '../paths/request-path.js';
import type { EndpointLine } from '../sockets/socket-endpoint.js';
import type { TokenStore } from '../tokens/token-store.js';
import type { Kind } from './request.js';
import type { Route } from './route-table.js';

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
