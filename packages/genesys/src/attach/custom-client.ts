import {
  answerIn,
  copyAnswer,
  copyParsed,
  outcomeOfError,
  outcomeOfResponse,
  outcomeOfUpload,
  type NativeResponse,
} from '@holdline/axios';
import {
  answered,
  BodySource,
  payloadOf,
  recordHeaders,
  type CallRequest,
  type Holdline,
  type Outcome,
  type RequestChange,
} from '@holdline/core';
import type { HttpClientLike, HttpRequest } from '../sdk/api-client.js';
import { readRefusal } from '../sdk/refusal.js';

/**
 * Runs one request of the user's own `AbstractHttpClient` on the line. Such a client has no axios instance, so each call of its
 * `request`, with its hooks, is one attempt.
 */
export function runCustomRequest(
  native: HttpClientLike['request'],
  options: HttpRequest,
  line: Holdline,
  facts: Pick<CallRequest, 'ownOrigin' | 'ownCredential'>,
): Promise<unknown> {
  return line.run(createRequest(native, options, facts));
}

function createRequest(
  native: HttpClientLike['request'],
  options: HttpRequest,
  facts: Pick<CallRequest, 'ownOrigin' | 'ownCredential'>,
): CallRequest {
  const source = BodySource.of(options.data);
  return {
    ...facts,
    method: options.method,
    url: addParams(options),
    headers: recordHeaders((options.headers ??= {})),
    replayable: !source,
    source,
    answer: answerIn,
    answerBody: (value) => answerIn(value)?.data ?? '',
    restoreAnswer: ({ body, headers, ...head }) => ({ ...head, headers: { ...headers }, data: copyParsed(body) }),
    variant: (change) => createRequest(native, changeRequest(options, change), facts),
    copy: copyAnswer,
    payload: () => payloadOf(options.data) ?? (options.data === undefined ? undefined : JSON.stringify(options.data)),
    send: () =>
      Promise.resolve(native(options)).then(
        (response) =>
          addParsedRefusal(outcomeOfResponse(response as NativeResponse, readRefusal), response as NativeResponse),
        async (error: unknown) => {
          const outcome = source
            ? await outcomeOfUpload(error, readRefusal, source)
            : outcomeOfError(error, readRefusal);
          return addParsedRefusal(outcome, (error as { response?: NativeResponse } | null)?.response);
        },
      ),
  };
}

/** Adds the query, which the user's client writes itself. The line needs it to know equal requests. */
function addParams({ url, params }: HttpRequest): string {
  const query = new URLSearchParams(params as Record<string, string> | undefined).toString();
  return query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

/** Copies the request for several callers. The SDK accepts only an object of its own class. */
function changeRequest(options: HttpRequest, { url, headers = {} }: RequestChange): HttpRequest {
  const copy = Object.create(Object.getPrototypeOf(options) as object | null) as HttpRequest;
  const own = { ...options.headers };
  const access = recordHeaders(own);
  for (const [name, value] of Object.entries(headers)) access.set(name, value);
  return Object.assign(copy, options, url !== undefined && { url, params: undefined }, { headers: own });
}

/** Adds what a parsed 429 body says: the user's client has parsed the body already. */
function addParsedRefusal(outcome: Outcome, response: NativeResponse | undefined): Outcome {
  if (outcome.status !== 429 || typeof response?.data !== 'object' || response.data === null) return outcome;
  const { value, status, header, threw } = outcome;
  const { message, limit } = response.data as { message?: unknown; limit?: { key?: unknown } | null };
  // Only these two parts are read, because a server may send a body of any size and depth.
  const body = JSON.stringify({ message: shorten(message), limit: { key: shorten(limit?.key) } });
  return answered(value, { status, header, threw, ...readRefusal(body) });
}

function shorten(text: unknown): string | undefined {
  return typeof text === 'string' ? text.slice(0, 1_000) : undefined;
}
