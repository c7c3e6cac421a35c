import { answerIn, outcomeOfError, outcomeOfResponse, outcomeOfUpload, type NativeResponse } from '@holdline/axios';
import {
  answered,
  BodySource,
  payloadOf,
  recordHeaders,
  type CallRequest,
  type Holdline,
  type Outcome,
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
  const source = BodySource.of(options.data);
  return line.run({
    ...facts,
    method: options.method,
    url: options.url,
    headers: recordHeaders((options.headers ??= {})),
    replayable: !source,
    source,
    answer: answerIn,
    answerBody: (value) => answerIn(value)?.data ?? '',
    restoreAnswer: ({ body: data, ...head }) => ({ ...head, data }),
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
  });
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
