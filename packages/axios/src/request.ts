import {
  BodySource,
  callInfo,
  checkContext,
  isHoldlineError,
  isReplayable,
  noteInfo,
  payloadOf,
  showsAs,
  type Call,
  type CallContext,
  type CallRequest,
  type HeaderAccess,
  type Holdline,
  type LetterParts,
  type Outcome,
} from '@holdline/core';
import { createBodyError } from './body-error.js';
import { limitStream } from './cancellation.js';
import { configureAttempt, copyResult, restoreConfig } from './request-config.js';
import { buildLetterParts } from './dead-letter.js';
import { readHeader, RequestHeaders } from './headers.js';
import type { AttachOptions } from './options.js';
import { outcomeOfError, outcomeOfResponse, outcomeOfUpload } from './outcome.js';
import { answerIn, readData, releaseResponse } from './response.js';
import type { AxiosLike, NativeAdapter, NativeConfig, NativeResponse } from './types.js';
import { readOwnOrigin } from './url.js';

/** What all calls of a guarded instance have in common. */
export interface GuardedClient {
  name: string;
  native: NativeAdapter;
  /** Whether it is one of axios's own. */
  isBuiltIn: boolean;
  line: Holdline;
  instance: AxiosLike;
  defaults: AxiosLike['defaults'];
  options: AttachOptions;
}

/** One call, as the line sees it. A class, because every call makes one. */
export class AxiosRequest implements CallRequest {
  readonly method: string;
  readonly headers: HeaderAccess;
  readonly replayable: boolean;
  readonly source: BodySource | undefined;
  readonly context: CallContext | undefined;
  readonly ownOrigin: string | undefined;
  readonly ownCredential: boolean | undefined;
  readonly retriedBy: string | undefined;
  #lastOutcome: Outcome | undefined = undefined;
  #sending: Promise<Outcome> | undefined = undefined;

  constructor(
    private readonly shared: GuardedClient,
    private readonly config: NativeConfig,
    readonly url: string,
    readonly signal: AbortSignal | undefined,
  ) {
    const { line, options, defaults, instance } = shared;
    const { method = 'get', headers, data, auth, holdline } = config;
    this.method = method;
    this.headers = new RequestHeaders(headers, auth);
    this.source = BodySource.of(data, (failure) => createBodyError(instance, config, failure));
    this.replayable = !this.source;
    this.context = holdline === undefined ? undefined : checkContext(holdline, 'config.holdline');
    this.retriedBy = detectRetryLayer(config, line);
    // Asked for by nobody but the token.
    const { managesToken } = line;
    this.ownOrigin = managesToken ? (options.ownOrigin?.() ?? readOwnOrigin(defaults.baseURL)) : undefined;
    this.ownCredential = managesToken
      ? Boolean(auth) || options.ownCredential?.(readHeader(headers, 'authorization'))
      : undefined;
  }

  get client(): string {
    return this.shared.name;
  }

  get owner(): object {
    return this.shared.options.owner ?? this.shared.instance;
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.config.data);
  }

  letter(): LetterParts {
    return buildLetterParts(this.shared.instance, this.config);
  }

  copy(value: unknown): unknown {
    return copyResult(this.config, value);
  }

  answer(value: unknown): unknown {
    return answerIn(value);
  }

  send(call: Call): Promise<Outcome> {
    return (this.#sending = this.#attempt(call));
  }

  /** One attempt. The configuration that the user sees stays his own. */
  async #attempt(call: Call): Promise<Outcome> {
    releaseResponse(this.#lastOutcome);
    const { config, shared } = this;
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
    // Its own signal ends a stream by itself, where nothing was put in its place.
    if (attempt.signal !== config.signal) limitStream(call, config, response.data);
    return (this.#lastOutcome = outcomeOfResponse(response, readRefusal));
  }

  /**
   * What a cancelled call rejects with: what its attempt on the wire says, with its request. axios itself makes an error where
   * there was none. An adapter that does not hear of the cancellation is not waited for.
   */
  async findCancellation(reason: unknown): Promise<unknown> {
    let outcome: Outcome | undefined;
    void this.#sending?.then((settled) => (outcome = settled));
    for (let turns = 0; this.#sending && !outcome && turns < MAX_TURNS; turns++) await Promise.resolve();
    if (outcome?.kind !== 'cancelled') return reason;
    const info = callInfo(reason);
    if (info) noteInfo(outcome.value, info);
    return outcome.value;
  }

  /** Told what the caller got. */
  release(result: unknown): void {
    const { value } = this.#lastOutcome ?? {};
    if (value === result) return;
    // The answer hangs on the error of ours, and may be a stream.
    if (isHoldlineError(result) && result.response !== undefined && readData(result.response) === readData(value))
      return;
    releaseResponse(this.#lastOutcome);
  }
}

/** Adapters reject in the tick of the cancellation; what they reject passes through the promises of axios and ours. */
const MAX_TURNS = 64;

// Both have the credentials, and the request the body too.
showsAs(AxiosRequest, ({ method, replayable }) => ({ method, replayable }));

/** axios-retry leaves its state on the configuration. Two retry layers multiply, so one stands back. */
function detectRetryLayer(config: NativeConfig, line: Holdline): string | undefined {
  const state = config['axios-retry'];
  // Options alone do nothing: axios-retry itself counts.
  if (state?.retryCount === undefined) return undefined;
  // It would send a stream a second time, empty.
  if (!line.replacesOtherRetries && isReplayable(config.data)) return 'axios-retry';
  state.retries = 0;
  return undefined;
}
