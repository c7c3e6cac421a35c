import type { Readable } from 'node:stream';
import type { Holdline, HoldlineConfig } from '@holdline/core';
import type { AnswerFormat, ContractServer } from '../server/contract-server.js';

/**
 * Something that a client may be unable to do. An adapter names such features in `lacks`, each with the reason. The contract leaves out the
 * cases that need them, and reports those cases with the reason.
 *
 * - `signal`: the caller can abort a call with an `AbortSignal`.
 * - `endOnWire`: the client has a way to end a request that is on the wire.
 * - `headers`: the caller can give headers of its own for one call.
 * - `absoluteUrl`: the caller can send a request to another origin than that of the client.
 * - `redirects`: the client follows redirects.
 * - `streamBody`: the caller can send a Node stream.
 * - `binaryBody`: the caller can send bytes.
 * - `streamAnswer`: the client gives an answer to its caller before the body has arrived.
 * - `interceptor`: the user can watch each request of the client, by `Connection.onRequest`.
 * - `oneConnection`: the client can be limited to one connection, by `ConnectOptions.maxSockets`.
 * - `ownTransport`: each client has a transport of its own, so one client can be guarded without the others.
 * - `secondCopy`: a second copy of the client can be loaded, by `ConnectOptions.copy`.
 * - `callInfo`: `callInfo()` knows the objects that the caller gets.
 * - `lineToken`: the line can manage the access token of the client.
 * - `ownOrigin`: the client has a base address, so the adapter knows which origin may get the token of the line. Without it, the cases give
 *   the line the option `token.origins`.
 * - `clientCredential`: the client keeps its credential, and sends it with each request and each replayed dead letter. Without it, the caller
 *   gives the credential with each call.
 * - `localFailure`: the client refuses some requests before it sends them, by `Connection.refuse`.
 * - `connectErrors`: the errors of the client tell a connection that was never made from one that broke.
 * - `deadLetters`: the adapter keeps and replays dead letters.
 * - `copyAnswer`: the adapter can copy an answer for a second caller of the same call, by `copy`.
 * - `keptAnswers`: the adapter can keep an answer and give it again, by `answerBody` and `restoreAnswer`.
 * - `variants`: the adapter can make reads for the line itself, by `variant`.
 * - `transactions`: the platform of the client takes idempotency keys in a header.
 * @public
 */
export type Feature =
  | 'signal'
  | 'endOnWire'
  | 'headers'
  | 'absoluteUrl'
  | 'redirects'
  | 'streamBody'
  | 'binaryBody'
  | 'streamAnswer'
  | 'interceptor'
  | 'oneConnection'
  | 'ownTransport'
  | 'secondCopy'
  | 'callInfo'
  | 'lineToken'
  | 'ownOrigin'
  | 'clientCredential'
  | 'localFailure'
  | 'connectErrors'
  | 'deadLetters'
  | 'copyAnswer'
  | 'keptAnswers'
  | 'variants'
  | 'transactions';

/**
 * A request that a case of the contract makes. `Connection.call` translates it into a call of the client.
 * @public
 */
export interface ContractRequest {
  /** A `GET` reads an item. A `POST` changes it. */
  readonly method: 'GET' | 'POST';
  /** A unique word of letters and digits. It must reach the server in the URL or in the body. */
  readonly id: string;
  /** Base address of the server. It differs from that of the client only in cases that need `absoluteUrl`. */
  readonly baseUrl: string;
  /** `/items/<id>`, for a client that takes paths. A client with operations of its own may send another path. */
  readonly path: string;
  /** Headers of the caller. Only in cases that need `headers`. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** The body of a `POST`: the text of a JSON object. In cases that need them: bytes, which may be no text, or a stream of that text. */
  readonly body: string | Uint8Array | Readable | undefined;
  /** Only in cases that need `signal`. */
  readonly signal: AbortSignal | undefined;
}

/**
 * What a case reads from a native result.
 * @public
 */
export interface ReadResult {
  readonly status: number;
  /** The body as text. If the client parses the body: the text of its data as JSON. */
  readonly text: string;
}

/**
 * Options of `AdapterUnderTest.connect`.
 * @public
 */
export interface ConnectOptions {
  /** Largest number of connections. Only in cases that need `oneConnection`. */
  readonly maxSockets: number | undefined;
  /** Whether to take a second copy of the client's package. Only in cases that need `secondCopy`. */
  readonly copy: boolean;
  /** The `Authorization` header that the client sends with each request; undefined: none. */
  readonly authorization: string | undefined;
}

/**
 * A client that is connected to the server of a case, and not guarded.
 * @public
 */
export interface Connection<Client extends object> {
  readonly client: Client;
  /**
   * Makes one call, and settles with the native result or error.
   *
   * @param client - The client to use: `client` itself, or what `guard` returned for it.
   */
  call(client: Client, request: ContractRequest): Promise<unknown>;
  /** Reads a result of `call`. */
  read(result: unknown): ReadResult | Promise<ReadResult>;
  /** Calls `listener` once for each call, as an interceptor of the user does. */
  onRequest?(listener: () => void): void;
  /** Makes a call that the client itself refuses before it sends anything, and settles with the native error. */
  refuse?(client: Client): Promise<unknown>;
  /** Frees what the client holds, such as its connections. */
  close?(): void | Promise<void>;
}

/**
 * An adapter, and the way in which the contract makes and calls clients for it.
 * @public
 */
export interface AdapterUnderTest<Client extends object = object> {
  /** Name of the guard function, for example `guardAcme`. */
  readonly name: string;
  /** Guards a client, as a user does. */
  guard(client: Client, configOrLine?: HoldlineConfig | Holdline): Client;
  /** Makes a new client that sends to the server. The client is not guarded. */
  connect(server: ContractServer, options: ConnectOptions): Connection<Client> | Promise<Connection<Client>>;
  /**
   * Features that the client does not have, each with the reason.
   * @defaultValue none
   */
  readonly lacks?: Readonly<Partial<Record<Feature, string>>>;
  /**
   * Format of the answers of the client's platform.
   * @defaultValue JSON with `id` and `status`
   */
  readonly answerFormat?: AnswerFormat;
  /**
   * Header that the client sends its credential in, in lower case.
   * @defaultValue 'authorization'
   */
  readonly credentialHeader?: string;
}

/**
 * A part of the contract.
 * @public
 */
export type ContractPart =
  | 'attempts'
  | 'refusals'
  | 'failures'
  | 'tokens'
  | 'cancellation'
  | 'bodies'
  | 'answers'
  | 'lifecycle'
  | 'tenants'
  | 'dead-letters';

/**
 * One case of the contract.
 * @public
 */
export interface ContractCase {
  readonly part: ContractPart;
  /** What an adapter must do, for example `waits as long as Retry-After says`. */
  readonly name: string;
  /** Why the case matters, as one or two sentences. */
  readonly why: string;
  /** Heading of the guide that treats it, as the anchor of its page. */
  readonly guide: string;
  /** Features that the case needs. */
  readonly needs: readonly Feature[];
}

/**
 * The functions of a test runner: those of Vitest, Jest, Mocha or `node:test`.
 * @public
 */
export interface ContractRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>, timeoutMs?: number): unknown;
  /**
   * If it is given, each case ends with an assertion of the runner, which some runners require.
   */
  expect?: ((value: unknown) => { toBe(expected: unknown): unknown }) | undefined;
}
