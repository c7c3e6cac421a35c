import {
  BodySource,
  callInfo,
  checkContext,
  isHoldlineError,
  isReplayable,
  noteInfo,
  payloadOf,
  definePrintedForm,
  type Call,
  type CallContext,
  type CallRequest,
  type HeaderAccess,
  type Holdline,
  type KeptAnswer,
  type LetterParts,
  type Outcome,
  type RequestChange,
} from '@holdline/core';
import { copyData, isReadWhole } from './answer-data.js';
import { createBodyError } from './body-error.js';
import { limitStream } from './cancellation.js';
import { configureAttempt, copyResult, restoreConfig } from './request-config.js';
import { buildLetterParts } from './dead-letter.js';
import { readHeader, RequestHeaders } from './headers.js';
import type { AttachOptions } from './options.js';
import { outcomeOfError, outcomeOfResponse, outcomeOfUpload } from './outcome.js';
import { answerIn, readData, releaseResponse } from './response.js';
import { canVary, configureVariant, nameForm } from './shared-read.js';
import type { AxiosLike, NativeAdapter, NativeConfig, NativeResponse } from './types.js';
import { readOwnOrigin } from './url.js';

const NO_ORIGIN = {
  client: 'axios',
  defect: 'no token is sent: the instance has no baseURL',
  remedy: 'set its baseURL, or token.origins',
};

/** State shared by all calls of a guarded instance. */
export interface GuardedClient {
  name: string;
  native: NativeAdapter;
  /** Whether `native` is an adapter of axios itself. */
  isBuiltIn: boolean;
  line: Holdline;
  instance: AxiosLike;
  defaults: AxiosLike['defaults'];
  options: AttachOptions;
  /** Whether the adapter gives bytes as an `ArrayBuffer`, as those of browsers do. */
  givesArrayBuffer: boolean;
}

/** The axios request behind one call. A class is cheaper than closures, and every call creates one. */
export class AxiosRequest implements CallRequest {
  readonly method: string;
  readonly headers: HeaderAccess;
  readonly replayable: boolean;
  readonly source: BodySource | undefined;
  readonly context: CallContext | undefined;
  readonly ownOrigin: string | undefined;
  readonly ownCredential: boolean | undefined;
  readonly retriedBy: string | undefined;
  readonly copy?: (value: unknown) => unknown;
  readonly variant?: (change: RequestChange) => CallRequest;
  readonly #shared: GuardedClient;
  readonly #config: NativeConfig;
  #lastOutcome: Outcome | undefined;
  #sending: Promise<Outcome> | undefined;

  constructor(
    shared: GuardedClient,
    config: NativeConfig,
    readonly url: string,
    readonly signal: AbortSignal | undefined,
  ) {
    this.#shared = shared;
    this.#config = config;
    const { line, options, defaults, instance } = shared;
    const { method = 'get', headers, data, auth, holdline } = config;
    this.method = method;
    this.headers = new RequestHeaders(headers, auth);
    this.source = BodySource.of(data, (failure) => createBodyError(instance, config, failure));
    this.replayable = !this.source;
    this.context = holdline === undefined ? undefined : checkContext(holdline, 'config.holdline');
    this.retriedBy = detectRetryLayer(config, line);
    // Only the token policy reads these two fields.
    const { managesToken } = line;
    this.ownOrigin = managesToken ? (options.ownOrigin?.() ?? readOwnOrigin(defaults.baseURL)) : undefined;
    this.ownCredential = managesToken
      ? Boolean(auth) || options.ownCredential?.(readHeader(headers, 'authorization'))
      : undefined;
    if (this.ownOrigin === '' && !this.ownCredential) line.withholdToken(NO_ORIGIN);
    // A stream can be read once.
    if (isReadWhole(config)) this.copy = AxiosRequest.#copy;
    if (canVary(config)) this.variant = AxiosRequest.#vary;
  }

  // One function for all requests, because every call creates a request.

  static readonly #copy = function (this: AxiosRequest, value: unknown): unknown {
    return copyResult(this.#config, value);
  };

  static readonly #vary = function (this: AxiosRequest, change: RequestChange): CallRequest {
    const config = configureVariant(this.#config, change);
    return new AxiosRequest(this.#shared, config, change.url ?? this.url, undefined);
  };

  get client(): string {
    return this.#shared.name;
  }

  get owner(): object {
    return this.#shared.options.owner ?? this.#shared.instance;
  }

  get form(): string {
    return nameForm(this.#config, this.#shared.defaults);
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.#config.data);
  }

  letter(): LetterParts {
    return buildLetterParts(this.url, this.#config);
  }

  answer(value: unknown): unknown {
    return answerIn(value);
  }

  answerBody(value: unknown): unknown {
    const data = readData(value) ?? '';
    return isReplayable(data) ? data : undefined;
  }

  restoreAnswer({ status, statusText, headers, body }: KeptAnswer): unknown {
    const config = this.#config;
    // A stream, a blob or a document is not made from bytes.
    if (!isReadWhole(config)) return undefined;
    const data = copyData(body, config, this.#shared.givesArrayBuffer);
    return { status, statusText, headers: { ...headers }, data, config };
  }

  discard(): void {
    releaseResponse(this.#lastOutcome);
  }

  send(call: Call): Promise<Outcome> {
    return (this.#sending = this.#attempt(call));
  }

  /** Sends one attempt. The user still sees the original configuration. */
  async #attempt(call: Call): Promise<Outcome> {
    releaseResponse(this.#lastOutcome);
    const config = this.#config;
    const shared = this.#shared;
    const { readRefusal } = shared.options;
    const attempt = configureAttempt(call, config, shared.isBuiltIn);
    let response: NativeResponse;
    try {
      response = await shared.native(attempt);
    } catch (error) {
      if (attempt !== config) restoreConfig(error, attempt, config);
      const { source } = this;
      return (this.#lastOutcome = source
        ? await outcomeOfUpload(error, readRefusal, source)
        : outcomeOfError(error, readRefusal));
    }
    if (attempt !== config) restoreConfig(response, attempt, config);
    if (response.data instanceof ArrayBuffer) shared.givesArrayBuffer = true;
    // A stream needs a limit only if another signal replaced the caller's.
    if (attempt.signal !== config.signal) limitStream(call, config, response.data);
    return (this.#lastOutcome = outcomeOfResponse(response, readRefusal));
  }

  /**
   * Finds the error of a cancelled call. An attempt on the wire rejects with the native error, which has `request`. Without
   * an attempt axios creates the error. The call does not wait for an adapter that ignores the cancellation.
   */
  async findError(reason: unknown): Promise<unknown> {
    let outcome: Outcome | undefined;
    void this.#sending?.then((settled) => (outcome = settled));
    for (let turns = 0; this.#sending && !outcome && turns < MAX_TURNS; turns++) await Promise.resolve();
    if (outcome?.kind !== 'cancelled') return reason;
    const info = callInfo(reason);
    if (info) noteInfo(outcome.value, info);
    return outcome.value;
  }

  /** Releases the last response unless the caller received it. */
  release(result: unknown): void {
    const { value } = this.#lastOutcome ?? {};
    if (value === result) return;
    // The caller can still read the response from the HoldlineError, and its data may be a stream.
    if (isHoldlineError(result) && result.response !== undefined && readData(result.response) === readData(value))
      return;
    releaseResponse(this.#lastOutcome);
  }
}

/** Microtasks to wait for a rejection. Adapters reject at once; the rejection then passes through several promises. */
const MAX_TURNS = 64;

// Logs must not show the credentials or the body.
definePrintedForm(AxiosRequest, ({ method, replayable }) => ({ method, replayable }));

/** Detects axios-retry by its state on the configuration. Two retry layers multiply attempts, so only one may retry. */
function detectRetryLayer(config: NativeConfig, line: Holdline): string | undefined {
  const state = config['axios-retry'];
  // Options alone do not prove that axios-retry is attached. Its counter does.
  if (state?.retryCount === undefined) return undefined;
  // axios-retry would send a stream a second time with an empty body.
  if (!line.replacesOtherRetries && isReplayable(config.data)) return 'axios-retry';
  state.retries = 0;
  return undefined;
}
