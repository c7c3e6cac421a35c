import { createHeaderReader, outcomeOfError, outcomeOfUpload } from '@holdline/axios';
import {
  answered,
  answeredByRedirect,
  failed,
  originOf,
  readSafely,
  type BodySource,
  type Call,
  type Outcome,
} from '@holdline/core';
import type {
  AxiosAttempt,
  RequestClientLike,
  SdkRequestClient,
  TwilioRequestOptions,
  TwilioResponse,
} from './types.js';

/** The request behind an attempt. */
export interface Attempt {
  readonly native: RequestClientLike;
  readonly options: TwilioRequestOptions;
  readonly source: BodySource | undefined;
}

/** Makes one request on the wire with the client's own request client. */
export async function sendAttempt(call: Call, attempt: Attempt): Promise<Outcome> {
  const redirects = new RedirectWatch(call);
  const outcome = await send(call, attempt, redirects);
  return redirects.becameGet ? answeredByRedirect(outcome) : outcome;
}

async function send(call: Call, { native, options, source }: Attempt, redirects: RedirectWatch): Promise<Outcome> {
  const signal = call.attemptSignal;
  const token = watchTokenRequest(options);
  try {
    return outcomeOfResponse(await endWith(signal, sendNative(call, native, token.options, redirects)));
  } catch (error) {
    if (signal.aborted && error === signal.reason) return failed(error, 'cancelled');
    if (token.isFailure(error)) return outcomeOfTokenError(error);
    return source ? outcomeOfUpload(error, undefined, source) : outcomeOfError(error, undefined);
  }
}

function sendNative(
  call: Call,
  native: RequestClientLike,
  options: TwilioRequestOptions,
  redirects: RedirectWatch,
): Promise<TwilioResponse> {
  return isSdkRequestClient(native)
    ? createView(native, (attempt) => configureAttempt(call, native, attempt, redirects)).request(options)
    : native.request({ ...options, signal: call.attemptSignal });
}

/**
 * Whether a request client is that of the SDK itself, and not of a class that extends it. The methods of such a class may use private
 * fields, which a view does not have.
 */
function isSdkRequestClient(native: RequestClientLike): native is SdkRequestClient {
  const { axios, defaultTimeout } = native as Partial<SdkRequestClient>;
  const parent = Object.getPrototypeOf(Object.getPrototypeOf(native)) as unknown;
  return (
    typeof axios === 'function' &&
    typeof axios.defaults === 'object' &&
    typeof defaultTimeout === 'number' &&
    parent === Object.prototype
  );
}

/**
 * Creates a view of the SDK's request client for one attempt. Its `request` is the SDK's own code. Only the call of axios is another
 * one: the SDK has no way to give it a signal. Other clients that share the request client see no change.
 */
function createView(native: SdkRequestClient, configure: (attempt: AxiosAttempt) => AxiosAttempt): RequestClientLike {
  const forward = (key: 'lastRequest' | 'lastResponse'): PropertyDescriptor => ({
    get: () => native[key],
    set: (value: unknown) => void (native[key] = value),
  });
  return Object.create(native, {
    axios: { value: (attempt: AxiosAttempt) => native.axios(configure(attempt)) },
    lastRequest: forward('lastRequest'),
    lastResponse: forward('lastResponse'),
  }) as SdkRequestClient;
}

function configureAttempt(
  call: Call,
  { axios: { defaults } }: SdkRequestClient,
  attempt: AxiosAttempt,
  redirects: RedirectWatch,
): AxiosAttempt {
  const { httpAgent, httpsAgent } = defaults as { httpAgent?: unknown; httpsAgent?: unknown };
  return {
    ...attempt,
    signal: call.attemptSignal,
    beforeRedirect: (next: RedirectOptions) => redirects.follow(next),
    ...call.poolOptions({ ...attempt, httpAgent, httpsAgent }),
    // `autoRetry` counts here. It stops above its limit, so that each attempt on the wire is an attempt of the line.
    retryCount: Infinity,
  };
}

interface RedirectOptions {
  href?: string;
  method?: string;
  headers?: Record<string, unknown>;
}

/** Follows the redirects of an attempt. */
class RedirectWatch {
  /** Whether a redirect turned a write into a GET. The platform answered the write then, and must not get it again. */
  becameGet = false;

  constructor(readonly call: Call) {}

  follow({ href = '', method, headers = {} }: RedirectOptions): void {
    const { call } = this;
    this.becameGet ||= method === 'GET' && call.method !== 'GET' && call.method !== 'HEAD';
    // Only an attempt that the line signed has an epoch. follow-redirects alone would send its token to a subdomain.
    if (call.epoch === undefined || originOf(href) === call.origin) return;
    for (const name of Object.keys(headers)) if (name.toLowerCase() === 'authorization') delete headers[name];
  }
}

/** Settles as `running` does, or rejects when the signal aborts. A user's own request client may ignore that the call has ended. */
async function endWith<T>(signal: AbortSignal, running: Promise<T>): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    stop = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([running, aborted]);
  } finally {
    stop?.();
    // The caller no longer waits for it.
    running.catch(() => undefined);
  }
}

/** Notes a failure of the request for a bearer token, which the SDK makes within the request of the call. */
function watchTokenRequest(options: TwilioRequestOptions): {
  options: TwilioRequestOptions;
  isFailure: (error: unknown) => boolean;
} {
  const { authStrategy, username, password } = options;
  if (!authStrategy || (username && password)) return { options, isFailure: () => false };
  let failure: { error: unknown } | undefined;
  const watched = Object.create(authStrategy, {
    getAuthString: {
      value: async () => {
        try {
          return await authStrategy.getAuthString();
        } catch (error) {
          failure = { error };
          throw error;
        }
      },
    },
  }) as typeof authStrategy;
  return { options: { ...options, authStrategy: watched }, isFailure: (error) => failure?.error === error };
}

/** The SDK writes the status of the token endpoint into the message; without an answer, it writes `undefined`. */
const TRANSIENT_TOKEN_ERROR = /\bError Status Code: (?:undefined|429|5\d\d)\b/;

/** Without a token, nothing of the request itself was sent. A refused credential would be refused again. */
function outcomeOfTokenError(error: unknown): Outcome {
  const isTransient = TRANSIENT_TOKEN_ERROR.test(String(readSafely(error, 'message')));
  return isTransient ? failed(error, 'not-sent') : failed(error, 'local', true);
}

function outcomeOfResponse(response: TwilioResponse): Outcome {
  const status = readSafely(response, 'statusCode');
  return answered(response, {
    // The SDK takes an answer without a status as a success.
    status: typeof status === 'number' ? status : 200,
    header: createHeaderReader(readSafely(response, 'headers')),
  });
}
