import { Cancellation } from '../../contract/cancellation.js';
import { ConfigError } from '../../contract/errors.js';
import { GrantError } from '../../contract/grant-error.js';
import type { ReadHeader } from '../../contract/outcome.js';
import { parseRetryAfter } from '../../http/retry-after.js';
import { shared } from '../../runtime/process-state.js';
import { systemClock } from '../../runtime/system.js';
import type { AccessToken } from './options.js';

const TIMEOUT_MS = 16_000;
const FUNCTIONS = ['fetch', 'onRefreshToken', 'mapResponse'];

/**
 * For grants: checks keys and types of their options. Never shows a value: most of them are secrets.
 *
 * @param keys All keys; functions are `fetch`, `onRefreshToken` and `mapResponse`, all others are texts.
 * @param needed Keys that must be there.
 * @throws ConfigError naming the key.
 */
export function checkGrant(options: object, name: string, keys: readonly string[], needed: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    throw new ConfigError(`${name} must be an object, got ${typeof options}`);
  for (const [key, value] of Object.entries(options) as [string, unknown][]) {
    if (!keys.includes(key)) throw new ConfigError(`${name}.${key} is not known; allowed here: ${keys.join(', ')}`);
    if (value !== undefined) checkType(value, `${name}.${key}`, FUNCTIONS.includes(key));
  }
  for (const key of needed) checkType((options as Record<string, unknown>)[key], `${name}.${key}`, false);
}

function checkType(value: unknown, key: string, isFunction: boolean): void {
  if (isFunction) {
    if (typeof value !== 'function') throw new ConfigError(`${key} must be a function, got ${typeof value}`);
  } else if (typeof value !== 'string' || value === '') {
    throw new ConfigError(
      `${key} must be a string that is not empty, got ${value === '' ? 'an empty one' : typeof value}`,
    );
  }
}

/** One request for a token. */
export interface TokenRequest {
  url: string;
  /** A form is sent as one, anything else as JSON. */
  body: URLSearchParams | object;
  /** Sent by Basic authentication: an id and its secret. */
  basic?: readonly [id: string, secret: string] | undefined;
  /**
   * Makes the request.
   * @defaultValue the global `fetch`
   */
  fetch?: typeof fetch | undefined;
}

/**
 * For grants: asks a login host for a token. Follows no redirect, waits 16 s at most, and tells nothing of the request.
 *
 * @returns the body of the answer.
 * @throws GrantError where there is none, or the host refuses.
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
  const patience = new Cancellation();
  const stops = [
    systemClock.setTimer(TIMEOUT_MS, () => patience.cancel(new Error(`no answer within ${TIMEOUT_MS} ms`))),
    // The line gives the grant up when it is closed.
    shared.context.get()?.granting?.onCancel((reason) => patience.cancel(reason)),
  ];
  let response: Response;
  let answer: Record<string, unknown>;
  try {
    response = await send(url, {
      method: 'POST',
      headers,
      body: isForm ? body.toString() : JSON.stringify(body),
      redirect: 'error',
      signal: patience.signal,
    });
    answer = await bodyOf(response);
  } catch {
    // The native error may carry the request, and with it the secret.
    throw new GrantError('the login host cannot be reached', { retryable: true });
  } finally {
    for (const stop of stops) stop?.();
  }
  if (!response.ok) throw refusedGrant(response.status, answer, (name) => response.headers.get(name) ?? undefined);
  return answer;
}

/** The body of an answer; empty where it is no JSON. Of a refusal the status says enough. */
async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text().catch((error: unknown) => {
    if (response.ok) throw error;
    return '';
  });
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/**
 * For grants: says what a login host answered. Throttling may come as a 400 whose description mentions the rate limit, as that of
 * Genesys Cloud does.
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

/** For grants: what a login host answered, as a token. Seconds, also as digits, and texts that make no sense count as left out. */
export function grantedToken(accessToken: unknown, seconds: unknown, refreshToken: unknown): AccessToken {
  if (typeof accessToken !== 'string' || accessToken === '')
    throw new GrantError('the login host answered without an access token', { retryable: false });
  // Some hosts send the number as a text.
  const lifetime = typeof seconds === 'string' && /^\d+(\.\d+)?$/.test(seconds) ? Number(seconds) : seconds;
  return {
    accessToken,
    expiresInMs: typeof lifetime === 'number' && lifetime > 0 ? lifetime * 1000 : undefined,
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
  };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
