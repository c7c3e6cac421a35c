/**
 * The members of an AWS SDK v3 client that the guard uses. `ConnectClient`, `SQSClient` and all other clients have them.
 * @public
 */
export interface AwsClient {
  /** The middleware of the client. The guard adds two, and removes them at `release`. */
  readonly middlewareStack: object;
  /** The resolved configuration. */
  readonly config: object;
  send(...args: never[]): unknown;
}

/** The key of the SDK's own data in the context of a handler. */
export const SMITHY_CONTEXT_KEY = '__smithy_context';

/** A request between the serializer and the network. */
export interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  headers: Record<string, string>;
  readonly body?: unknown;
}

/** A response of the request handler. */
export interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** The argument of a handler. */
export interface HandlerArgs {
  readonly input?: unknown;
  readonly request?: unknown;
  readonly [ATTEMPT]?: Attempt;
}

export interface HandlerResult {
  readonly response: unknown;
  readonly output: unknown;
}

export type Handler = (args: HandlerArgs) => Promise<HandlerResult>;

/** What the SDK tells a middleware about the operation. */
export interface HandlerContext {
  readonly clientName?: string;
  readonly commandName?: string;
  readonly [SMITHY_CONTEXT_KEY]?: {
    readonly abortSignal?: unknown;
    readonly operation?: string;
    readonly selectedHttpAuthScheme?: { readonly identity?: SdkIdentity };
  };
}

export interface SdkIdentity {
  readonly accessKeyId?: string;
  readonly sessionToken?: string;
  readonly accountId?: string;
}

export type Middleware = (next: Handler, context: HandlerContext) => Handler;

export interface MiddlewareStack {
  add(middleware: Middleware, options: object): void;
  addRelativeTo(middleware: Middleware, options: object): void;
  remove(middleware: Middleware | string): boolean;
  identify(): string[];
  clone(): MiddlewareStack;
  resolve(handler: Handler, context: HandlerContext): Handler;
}

/** Options of one `send`. */
export interface SendOptions {
  abortSignal?: AbortSignal | undefined;
  requestTimeout?: number;
}

/** The part of a client's configuration that the guard uses. */
export interface SdkConfig {
  readonly serviceId?: string;
  readonly endpoint?: unknown;
  readonly region?: unknown;
  readonly logger?: unknown;
  readonly requestHandler: { handle(request: unknown, options: object): Promise<{ response: SdkResponse }> };
  readonly streamCollector?: (body: unknown) => Promise<Uint8Array>;
  retryStrategy?: unknown;
  readonly systemClockOffset?: unknown;
}

/** Marks the arguments of one attempt. The middleware below the guard pass it on, because they copy their arguments. */
export const ATTEMPT: unique symbol = Symbol('holdline attempt');

/** What the innermost middleware knows of one attempt. */
export interface Attempt {
  /** Aborts when the attempt must end. */
  readonly signal: AbortSignal;
  /** Whether the request reached the request handler. */
  isSent: boolean;
  /** The response, as soon as it has arrived. */
  response: SdkResponse | undefined;
}
