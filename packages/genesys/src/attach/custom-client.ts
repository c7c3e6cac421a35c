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
 * One request of a user's own `AbstractHttpClient` through the line. It has no adapter to hook, so its `request` is one attempt,
 * its own hooks included.
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

/** A client of the user's own hands out bodies that are parsed already; a refusal is read there too. */
function addParsedRefusal(outcome: Outcome, response: NativeResponse | undefined): Outcome {
  if (outcome.status !== 429 || typeof response?.data !== 'object' || response.data === null) return outcome;
  const { value, status, header, threw } = outcome;
  return answered(value, { status, header, threw, ...readRefusal(JSON.stringify(response.data).slice(0, 4096)) });
}
