import type { Answer } from '../http/answer.js';
import type { Refusal } from '../limits/limiter.js';
import type { Settings } from '../options/simulator-options.js';
import type { PathDialect } from '../paths/request-path.js';
import type { SocketEndpoint } from '../sockets/socket-endpoint.js';
import type { TokenStore } from '../tokens/token-store.js';
import type { RequestKind } from './request.js';
import type { Route } from './route-table.js';

/** How a platform words what it refuses. */
export interface ErrorAnswers {
  /** An error of which the status alone is known (a fault, a script, a wrong path). */
  forStatus(
    kind: RequestKind,
    status: number,
    headers: Readonly<Record<string, string>> | undefined,
    contextId: string,
  ): Answer;
  forInvalidToken(authorization: string | undefined, contextId: string): Answer;
  forLargeBody(kind: RequestKind, maxBytes: number, contextId: string): Answer;
  forRefusal(refusal: Refusal, settings: Settings, wallMs: number, contextId: string): Answer;
  /** A mistake of this package, said aloud. */
  forSimulatorError(message: string, contextId: string): Answer;
}

/** A platform behind the engine: its routes, its tokens, its words. The engine has the wire, limits, faults, counters. */
export interface Platform {
  readonly tokens: TokenStore;
  readonly errors: ErrorAnswers;
  /** Largest request body it takes. */
  readonly maxBodyBytes: number;
  /** Its WebSockets. */
  readonly socketEndpoints: readonly SocketEndpoint[];
  /** One always answers. */
  findRoute(method: string, segments: readonly string[]): Route;
  /** Headers of every answer besides Date, CORS and quota hints. */
  buildCommonHeaders(contextId: string): Readonly<Record<string, string>>;
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
export interface PlatformDefinition<P extends Platform = Platform> {
  readonly paths: PathDialect;
  /** As the user would write them. */
  readonly defaultLimits: readonly unknown[];
  /** Options that only this platform has. */
  readonly platformOptions: readonly string[];
  create(setup: PlatformSetup): P;
}
