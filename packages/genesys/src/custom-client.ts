import { isReplayable, outcomeOfError, outcomeOfResponse, payloadOf, type NativeResponse } from '@holdline/axios';
import type { CallRequest, Holdline } from '@holdline/core';
import { readRefusal } from './refusal.js';
import type { HttpClientLike, HttpRequest } from './sdk.js';

/**
 * One request of a user's own `AbstractHttpClient` through the line. It has no adapter to hook, so its `request` is one attempt,
 * its own hooks included.
 */
export function runCustom(
  native: HttpClientLike['request'],
  options: HttpRequest,
  line: Holdline,
  facts: Pick<CallRequest, 'ownOrigin' | 'ownCredential'>,
): Promise<unknown> {
  const headers = (options.headers ??= {});
  const nameOf = (name: string): string | undefined => Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
  return line.run({
    ...facts,
    method: options.method,
    url: options.url,
    headers: {
      get: (name) => headers[nameOf(name) ?? ''],
      set: (name, value) => {
        headers[nameOf(name) ?? name] = value;
      },
    },
    replayable: isReplayable(options.data),
    payload: () => payloadOf(options.data) ?? (options.data === undefined ? undefined : JSON.stringify(options.data)),
    send: () =>
      Promise.resolve(native(options)).then(
        (response) => outcomeOfResponse(response as NativeResponse, readRefusal),
        (error: unknown) => outcomeOfError(error, readRefusal),
      ),
  });
}
