import { answerIn, outcomeOfError, outcomeOfResponse } from '@holdline/axios';
import {
  isReplayable,
  originOf,
  payloadOf,
  shadow,
  showsAs,
  type CallRequest,
  type HeaderAccess,
  type Holdline,
  type Outcome,
  type Undo,
} from '@holdline/core';
import { readRefusal } from '@holdline/genesys';
import { RequestHeaders } from './request-headers.js';
import { apiUrl, requestUrl, type HttpLike, type RequestOptions } from './sdk.js';

/** What there is to know of whose HTTP client it is. */
export interface HttpOwner {
  /** Host of its own API, as the SDK is given it. */
  apiHost(): string;
  /** Whether a token is the client's own, or was. */
  isOwnToken(token: string | undefined): boolean;
  /** Gives up a request that would be for nothing once the user has disconnected. */
  signalFor(isRetried: boolean): AbortSignal | undefined;
}

/** Hangs the HTTP client of an SDK on a line. */
export function attachHttp(http: HttpLike, line: Holdline, owner: HttpOwner): Undo {
  // Requests that the SDK itself tries again, for ever: ours then stands back, or both would.
  const retried = new WeakSet<RequestOptions>();
  const undo = [
    shadow(
      http,
      'requestApi',
      (original) => (path, options) =>
        line.run(new ApiRequest(line, original.bind(http), path, options, owner, retried.has(options))),
    ),
    // It binds `this.requestApi` with these very options.
    shadow(http, 'requestApiWithRetry', (original) => (path, options, ...rest) => {
      retried.add(options);
      return original.call(http, path, options, ...rest);
    }),
  ];
  return () => {
    for (const fn of undo) fn();
  };
}

/** One call, as the line sees it. */
class ApiRequest implements CallRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderAccess;
  readonly replayable: boolean;
  readonly signal: AbortSignal | undefined;
  readonly retriedBy: string | undefined;
  readonly ownOrigin: string | undefined;
  readonly ownCredential: boolean | undefined;
  readonly #attempt: RequestOptions & { customHeaders: Record<string, string> };

  constructor(
    line: Holdline,
    private readonly native: HttpLike['requestApi'],
    private readonly path: string,
    options: RequestOptions,
    owner: HttpOwner,
    isRetried: boolean,
  ) {
    // The SDK's own are not written to.
    this.#attempt = { ...options, customHeaders: { ...options.customHeaders } };
    this.method = options.method;
    this.url = requestUrl(path, options);
    this.headers = new RequestHeaders(this.#attempt);
    this.replayable = isReplayable(options.data);
    this.signal = owner.signalFor(isRetried);
    this.retriedBy = isRetried ? 'requestApiWithRetry' : undefined;
    if (!line.managesToken) return;
    this.ownOrigin = originOf(apiUrl(owner.apiHost()));
    this.ownCredential = options.noAuthHeader === true || !owner.isOwnToken(options.authToken);
  }

  payload(): string | Uint8Array | undefined {
    return payloadOf(this.#attempt.data);
  }

  answer(value: unknown): unknown {
    return answerIn(value);
  }

  async send(): Promise<Outcome> {
    try {
      // The SDK puts headers of its own among the custom ones.
      const response = await this.native(this.path, { ...this.#attempt });
      return outcomeOfResponse(response as never, readRefusal);
    } catch (error) {
      return outcomeOfError(error, readRefusal);
    }
  }
}

// The fields hold the token and the body.
showsAs(ApiRequest, ({ method, replayable }) => ({ method, replayable }));
