import { Cancellation } from '../../contract/cancellation.js';
import { callable, type Check, isRecord, shape, text } from '../../contract/check.js';
import { ConfigError } from '../../contract/errors.js';
import { GrantError } from '../../contract/grant-error.js';
import type { ReadHeader } from '../../contract/outcome.js';
import { reveal, type Secret } from '../../contract/secret.js';
import { parseRetryAfter } from '../../http/retry-after.js';
import { activeContext } from '../../call/active-context.js';
import { systemClock } from '../../runtime/system.js';
import type { AccessToken } from '../../contract/tokens.js';

const TIMEOUT_MS = 16_000;
/** Longest body of a login host that is read, in bytes. An answer with three tokens has a few thousand. */
const MAX_BODY_BYTES = 1_000_000;
/** Longest lifetime of a token, in ms: a hundred years. Times computed with it are still valid. */
const MAX_LIFETIME_MS = 3_155_760_000_000;
const FUNCTIONS = ['fetch', 'onRefreshToken', 'mapResponse'];

/** Checks an option of a grant, and reveals a secret. The error never shows the value, because most values are secrets. */
const checkText: Check<string> = (value, key) => {
  if (typeof value === 'number') throw new ConfigError(`${key} must be a string that is not empty, got a number`);
  return text(reveal(value), key);
};

/**
 * The options of a grant with the texts of their secrets.
 * @internal
 */
export type Revealed<T> = { [K in keyof T]: Exclude<T[K], Secret> };

/**
 * For grants: checks keys and types of their options, and reveals their secrets. An error never shows a value, because most values are
 * secrets.
 *
 * @param keys - All keys. The values of `fetch`, `onRefreshToken` and `mapResponse` are functions, all others are strings.
 * @param needed - Keys that are required.
 * @throws ConfigError naming the key.
 * @internal
 */
export function checkGrant<T extends object>(
  options: T,
  name: string,
  keys: readonly string[],
  needed: readonly string[],
): Revealed<T> {
  const checks = keys.map((key) => [key, FUNCTIONS.includes(key) ? callable() : checkText] as const);
  const given = shape<Record<string, unknown>>(Object.fromEntries(checks))(options, name);
  for (const key of needed) checkText(given[key], `${name}.${key}`);
  return given as Revealed<T>;
}

/**
 * One request for a token.
 * @public
 */
export interface TokenRequest {
  url: string;
  /** `URLSearchParams` are sent as a form, any other object as JSON. */
  body: URLSearchParams | object;
  /** Id and secret for Basic authentication. */
  basic?: readonly [id: string, secret: string] | undefined;
  /**
   * Function that sends the request.
   * @defaultValue the global `fetch`
   */
  fetch?: typeof fetch | undefined;
}

/**
 * For grants: requests a token from a login host. The function follows no redirect, waits at most 16 s, reads at most a million bytes,
 * and reveals nothing of the request in its errors.
 *
 * @returns the body of the answer; an empty object if the body is no JSON.
 * @throws GrantError if no answer comes, or the host refuses.
 * @public
 */
export async function requestToken({
  url,
  body,
  basic,
  fetch: send = globalThis.fetch,
}: TokenRequest): Promise<Record<string, unknown>> {
  const isForm = body instanceof URLSearchParams;
  const headers: Record<string, string> = {
    'Content-Type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
  };
  if (basic) headers['Authorization'] = `Basic ${base64(basic.join(':'))}`;
  const cancellation = new Cancellation();
  const stops = [
    systemClock.setTimer(TIMEOUT_MS, () => cancellation.cancel(new Error(`no answer within ${TIMEOUT_MS} ms`))),
    // A closed line gives up the grant.
    activeContext.get()?.granting?.onCancel((reason) => cancellation.cancel(reason)),
  ];
  let response: Response;
  let answer: Record<string, unknown> | undefined;
  try {
    response = await send(url, {
      method: 'POST',
      headers,
      body: isForm ? body.toString() : JSON.stringify(body),
      redirect: 'error',
      signal: cancellation.signal,
    });
    answer = await readBody(response);
  } catch {
    // The native error may contain the request with its secret.
    throw new GrantError('the login host cannot be reached', { retryable: true });
  } finally {
    for (const stop of stops) stop?.();
  }
  if (!response.ok)
    throw refusedGrant(response.status, answer ?? {}, (name) => response.headers.get(name) ?? undefined);
  if (!answer)
    throw new GrantError(`the login host answered with more than ${MAX_BODY_BYTES} bytes`, { retryable: false });
  return answer;
}

/**
 * Reads the body of an answer. A body that is no JSON counts as empty, as does the broken body of a refusal. Undefined: the body is too
 * long.
 */
async function readBody(response: Response): Promise<Record<string, unknown> | undefined> {
  let text: string | undefined;
  try {
    const { body } = response as { body?: Response['body'] };
    // A fetch function may return an answer with no stream, whose text it has read itself.
    text = body === undefined ? await response.text() : await readText(body);
  } catch (error) {
    if (response.ok) throw error;
    text = '';
  }
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** Reads at most {@link MAX_BODY_BYTES} bytes. Undefined: the body has more. */
async function readText(
  body: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | null,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of body === null ? [] : readChunks(body)) {
    bytes += chunk.length;
    // The end of the loop cancels the body.
    if (bytes > MAX_BODY_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Reads a body of the platform, or of a fetch function with Node streams. Not all browsers can iterate a web stream. */
async function* readChunks(
  body: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (Symbol.asyncIterator in body) return yield* body;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/**
 * For grants: makes the error for a refusal of a login host. A 400 whose description mentions the rate limit counts as throttling,
 * because Genesys Cloud answers so.
 * @public
 */
export function refusedGrant(status: number, body: object, readHeader: ReadHeader): GrantError {
  const { error, error_description: described, description = described } = body as Record<string, unknown>;
  const throttled = status === 429 || (status === 400 && /rate limit exceeded/i.test(String(description ?? '')));
  const code = typeof error === 'string' && /^[\w.-]{1,60}$/.test(error) ? ` ${error}` : '';
  return new GrantError(`the login host answered ${status}${code}${throttled ? ' (rate limit exceeded)' : ''}`, {
    retryable: throttled || status >= 500,
    retryAfterMs: parseRetryAfter(readHeader, systemClock.wall()),
    refused: !throttled && (status === 400 || status === 401 || status === 403),
  });
}

/**
 * For grants: makes a token from the answer of a login host. An invalid lifetime or refresh token counts as left out. The longest
 * lifetime is a hundred years.
 *
 * @param seconds - Lifetime in seconds, as a number or a string of digits.
 * @throws GrantError if the access token is missing.
 * @public
 */
export function grantedToken(accessToken: unknown, seconds: unknown, refreshToken: unknown): AccessToken {
  if (typeof accessToken !== 'string' || accessToken === '')
    throw new GrantError('the login host answered without an access token', { retryable: false });
  // Some hosts send the number as a string.
  const lifetime = typeof seconds === 'string' && /^\d+(\.\d+)?$/.test(seconds) ? Number(seconds) : seconds;
  return {
    accessToken,
    expiresInMs: typeof lifetime === 'number' && lifetime > 0 ? Math.min(MAX_LIFETIME_MS, lifetime * 1000) : undefined,
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
  };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
