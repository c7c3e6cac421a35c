import type { IncomingMessage } from 'node:http';
import type { CallStats } from '../statistics/call-stats.js';
import type { Answer } from '../http/answer.js';
import type { Refusal } from '../limits/limiter.js';
import type { EntityCounts } from '../options/entity-options.js';
import type { Settings } from '../options/simulator-options.js';
import type { PathDialect } from '../paths/request-path.js';
import type { SocketEndpoint } from '../sockets/socket-endpoint.js';
import type { AccessToken, TokenStore } from '../tokens/token-store.js';
import type { OperationTable } from './operation-table.js';
import type { RequestKind } from './request.js';
import type { Route } from './route-table.js';

/** The error answers of a platform. */
export interface ErrorAnswers {
  /** An error of which only the status is known (a fault, a script, an unknown path). */
  forStatus(
    kind: RequestKind,
    status: number,
    headers: Readonly<Record<string, string>> | undefined,
    contextId: string,
  ): Answer;
  forInvalidToken(authorization: string | undefined, contextId: string): Answer;
  forLargeBody(kind: RequestKind, maxBytes: number, contextId: string): Answer;
  forRefusal(refusal: Refusal, settings: Settings, wallMs: number, contextId: string): Answer;
  /** A bug of this package, shown to the client. */
  forSimulatorError(message: string, contextId: string): Answer;
}

/** The decision of a limit that is no rate. */
export interface Admission {
  /** Headers of the answer, whatever it is. */
  readonly headers: Readonly<Record<string, string>>;
  /** Set when the request is refused: the name of the limit and the answer. */
  readonly refusal?: { readonly name: string; readonly answer: Answer };
}

/**
 * The platform part of a simulator: routes, tokens, error answers. The engine has the wire, limits, faults and
 * counters.
 */
export interface Platform {
  readonly tokens: TokenStore;
  readonly errors: ErrorAnswers;
  /** Largest accepted request body. */
  readonly maxBodyBytes: number;
  /** Its WebSocket endpoints. */
  readonly socketEndpoints: readonly SocketEndpoint[];
  /** Finds the route of a request. Every request has one. */
  findRoute(method: string, segments: readonly string[]): Route;
  /**
   * Admits an authorised request that passed the limits of the engine.
   *
   * @param onEnd - Registers a function that is called when the request ends, for any reason.
   */
  admit?(token: AccessToken, onEnd: (listener: () => void) => void): Admission;
  /** Checks the signature of a request, for a platform with signed requests. Returns the answer that refuses it. */
  checkSignature?(request: IncomingMessage, wallMs: number): Answer | undefined;
  /** Counters of calls to softphones, for a platform that has them. */
  callStats?(): CallStats;
  resetCallStats?(): void;
  /** Ends what the platform does by itself, when the simulator stops. */
  stop?(): void;
  /** Headers of every API answer whose route is not cacheable. */
  readonly cacheHeaders?: Readonly<Record<string, string>>;
  /** Builds the headers of every answer, without Date, CORS and quota headers. */
  buildCommonHeaders(contextId: string): Readonly<Record<string, string>>;
}

/** The parts of the engine that a platform uses. */
export interface PlatformSetup {
  readonly seed: number;
  /** Number of entities at the start. */
  readonly entities: Required<EntityCounts>;
  /** Set with the option `operations`. */
  readonly operations: OperationTable | undefined;
  /** The current settings. */
  settings(): Settings;
  /** Time since the start of the simulator, ms. */
  now(): number;
  /** Wall clock of the simulated server, ms. */
  wall(): number;
}

/** A platform that the engine can start. */
export interface PlatformDefinition<P extends Platform = Platform> {
  readonly paths: PathDialect;
  /** The default limits, in the form of the option `limits`. */
  readonly defaultLimits: readonly unknown[];
  /**
   * The default of the option `retryAfter`.
   *
   * @defaultValue 'seconds'
   */
  readonly retryAfter?: string;
  /** Options that only this platform has. */
  readonly platformOptions: readonly string[];
  create(setup: PlatformSetup): P;
}
