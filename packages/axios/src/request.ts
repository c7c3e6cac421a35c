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
import { bodyError } from './body-error.js';
import { boundStream } from './cancellation.js';
import { attemptOf, copyFor, restore } from './request-config.js';
import { letterOf } from './dead-letter.js';
import { readHeader, RequestHeaders } from './headers.js';
import type { AttachOptions } from './options.js';
import { outcomeOfError, outcomeOfResponse, outcomeOfUpload } from './outcome.js';
import { answerIn, dataIn, letGo } from './response.js';
import type { AxiosLike, NativeAdapter, NativeConfig, NativeResponse } from './types.js';
import { ownOriginOf } from './url.js';

/** What all calls of a guarded instance have in common. */
export interface Client {
  name: string;
  native: NativeAdapter;
  /** Whether it is one of axios's own. */
  isOfAxios: boolean;
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
  #last: Outcome | undefined = undefined;
  #sending: Promise<Outcome> | undefined = undefined;

  constructor(
    private readonly guarded: Client,
    private readonly config: NativeConfig,
    readonly url: string,
    readonly signal: AbortSignal | undefined,
  ) {
    const { line, options, defaults, instance } = guarded;
    const { method = 'get', headers, data, auth, holdline } = config;
    this.method = method;
    this.headers = new RequestHeaders(headers, auth);
    this.source = BodySource.of(data, (failure) => bodyError(instance, config, failure));
    this.replayable = !this.source;
    this.context = holdline === undefined ? undefined : checkContext(holdline, 'config.holdline');
    this.retriedBy = otherRetryLayer(config, line);
    // Asked for by nobody but the token.
    const { managesToken } = line;
    this.ownOrigin = managesToken ? (options.ownOrigin?.() ?? ownOriginOf(defaults.baseURL)) : undefined;
    this.ownCredential = managesToken
      ? Boolean(auth) || options.ownCredential?.(readHeader(headers, 'authorization'))
      : undefined;
  }

  get client(): string {
    return this.guarded.name;
  }

  get owner(): object {
    return this.guarded.options.owner ?? this.guarded.instance;
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.config.data);
  }

  letter(): LetterParts {
    return letterOf(this.guarded.instance, this.config);
  }

  copy(value: unknown): unknown {
    return copyFor(this.config, value);
  }

  answer(value: unknown): unknown {
    return answerIn(value);
  }

  send(call: Call): Promise<Outcome> {
    return (this.#sending = this.#attempt(call));
  }

  /** One attempt. The configuration that the user sees stays his own. */
  async #attempt(call: Call): Promise<Outcome> {
    letGo(this.#last);
    const { config, guarded } = this;
    const { readRefusal } = guarded.options;
    const attempt = attemptOf(call, config, guarded.isOfAxios);
    let response: NativeResponse;
    try {
      response = await guarded.native(attempt);
    } catch (error) {
      if (attempt !== config) restore(error, attempt, config);
      const { source } = this;
      return (this.#last = source
        ? await outcomeOfUpload(error, readRefusal, source)
        : outcomeOfError(error, readRefusal));
    }
    if (attempt !== config) restore(response, attempt, config);
    // Its own signal ends a stream by itself, where nothing was put in its place.
    if (attempt.signal !== config.signal) boundStream(call, config, response.data);
    return (this.#last = outcomeOfResponse(response, readRefusal));
  }

  /**
   * What a cancelled call rejects with: what its attempt on the wire says, with its request. axios itself makes an error where
   * there was none. An adapter that does not hear of the cancellation is not waited for.
   */
  async cancelled(reason: unknown): Promise<unknown> {
    let outcome: Outcome | undefined;
    void this.#sending?.then((ended) => (outcome = ended));
    for (let turns = 0; this.#sending && !outcome && turns < MOST_TURNS; turns++) await Promise.resolve();
    if (outcome?.kind !== 'cancelled') return reason;
    const info = callInfo(reason);
    if (info) noteInfo(outcome.value, info);
    return outcome.value;
  }

  /** Told what the caller got. */
  end(ended: unknown): void {
    const { value } = this.#last ?? {};
    if (value === ended) return;
    // The answer hangs on the error of ours, and may be a stream.
    if (isHoldlineError(ended) && ended.response !== undefined && dataIn(ended.response) === dataIn(value)) return;
    letGo(this.#last);
  }
}

/** Adapters reject in the tick of the cancellation; what they reject passes through the promises of axios and ours. */
const MOST_TURNS = 64;

// Both have the credentials, and the request the body too.
showsAs(AxiosRequest, ({ method, replayable }) => ({ method, replayable }));

/** axios-retry leaves its state on the configuration. Two retry layers multiply, so one stands back. */
function otherRetryLayer(config: NativeConfig, line: Holdline): string | undefined {
  const state = config['axios-retry'];
  // Options alone do nothing: axios-retry itself counts.
  if (state?.retryCount === undefined) return undefined;
  // It would send a stream a second time, empty.
  if (!line.replacesOtherRetries && isReplayable(config.data)) return 'axios-retry';
  state.retries = 0;
  return undefined;
}
