import { answerIn, copyAnswer, copyParsed, outcomeOfError, outcomeOfResponse } from '@holdline/axios';
import {
  BodySource,
  failed,
  originOf,
  payloadOf,
  patchMethod,
  definePrintedForm,
  type CallRequest,
  type HeaderAccess,
  type Holdline,
  type KeptAnswer,
  type LetterParts,
  type Outcome,
  type RequestChange,
  type Undo,
} from '@holdline/core';
import { readRefusal } from '@holdline/genesys';
import { CLIENT, createLetterSender, letterParts, wireBody } from './dead-letters.js';
import type { HttpOwner } from './http-owner.js';
import { RequestHeaders } from './request-headers.js';
import { apiUrl, requestUrl, splitApiUrl, type HttpLike, type RequestOptions } from './sdk.js';

/** Attaches the HTTP client of an SDK to a line. */
export function attachHttp(http: HttpLike, line: Holdline, owner: HttpOwner): Undo {
  // The SDK retries these requests without limit. The line does not retry them too.
  const retried = new WeakSet<RequestOptions>();
  const undo = [
    patchMethod(
      http,
      'requestApi',
      (original) => (path, options) =>
        line.run(new ApiRequest(line, original.bind(http), path, options, owner, retried.has(options))),
    ),
    // The SDK calls `requestApi` with this same options object.
    patchMethod(http, 'requestApiWithRetry', (original) => (path, options, ...rest) => {
      retried.add(options);
      return original.call(http, path, options, ...rest);
    }),
    line.deadLetters.sendBy(CLIENT, createLetterSender(http, owner), owner.client),
  ];
  return () => {
    for (const fn of undo) fn();
  };
}

/** One HTTP request of the SDK as a call of the line. */
class ApiRequest implements CallRequest {
  readonly client = CLIENT;
  readonly owner: object;
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderAccess;
  readonly replayable: boolean;
  readonly source: BodySource | undefined;
  readonly signal: AbortSignal | undefined;
  readonly retriedBy: string | undefined;
  readonly ownOrigin: string | undefined;
  readonly ownCredential: boolean | undefined;
  readonly #attempt: RequestOptions & { customHeaders: Record<string, string> };

  constructor(
    private readonly line: Holdline,
    private readonly native: HttpLike['requestApi'],
    private readonly path: string,
    options: RequestOptions,
    private readonly http: HttpOwner,
    private readonly isRetried: boolean,
    isShared = false,
  ) {
    this.owner = http.client;
    // A copy: the line must not change the options of the SDK.
    this.#attempt = { ...options, customHeaders: { ...options.customHeaders } };
    this.method = options.method;
    this.url = requestUrl(path, options);
    this.headers = new RequestHeaders(this.#attempt);
    this.source = BodySource.of(options.data);
    this.replayable = !this.source;
    this.signal = isShared ? undefined : http.signalFor(isRetried);
    this.retriedBy = isRetried ? 'requestApiWithRetry' : undefined;
    if (!line.managesToken) return;
    this.ownOrigin = originOf(apiUrl(http.apiHost()));
    this.ownCredential = options.noAuthHeader === true || !http.isOwnToken(options.authToken);
  }

  /** The SDK gives this option to axios. */
  get form(): string {
    return this.#attempt.responseType ?? '';
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(wireBody(this.#attempt.data));
  }

  letter(): LetterParts {
    return letterParts(this.url, this.#attempt);
  }

  answer(value: unknown): unknown {
    return answerIn(value);
  }

  answerBody(value: unknown): unknown {
    return answerIn(value)?.data ?? '';
  }

  restoreAnswer({ body, headers, ...head }: KeptAnswer): unknown {
    return { ...head, headers: { ...headers }, data: copyParsed(body) };
  }

  variant({ url, headers = {} }: RequestChange): CallRequest {
    const { line, native, http, isRetried } = this;
    const { path = this.path, ...target } = url === undefined ? {} : splitApiUrl(url);
    const variant = new ApiRequest(line, native, path, { ...this.#attempt, ...target }, http, isRetried, true);
    for (const [name, value] of Object.entries(headers)) variant.headers.set(name, value);
    return variant;
  }

  copy(value: unknown): unknown {
    return copyAnswer(value);
  }

  async send(): Promise<Outcome> {
    try {
      // A copy: the SDK adds its own headers to the options.
      const response = await this.native(this.path, { ...this.#attempt });
      return outcomeOfResponse(response as never, readRefusal);
    } catch (error) {
      return this.#outcomeOfError(error);
    }
  }

  async #outcomeOfError(error: unknown): Promise<Outcome> {
    const { source } = this;
    const outcome = outcomeOfError(error, readRefusal);
    if (!source || outcome.status !== undefined) return outcome;
    // The SDK copies the errors of axios without their cause.
    const failure = await source.brokenBy();
    return failure?.error === undefined ? outcome : failed(error, 'local', source.isUntouched);
  }
}

// The fields hold the token and the body.
definePrintedForm(ApiRequest, ({ method, replayable }) => ({ method, replayable }));
