import {
  callInfo,
  isHoldlineError,
  noteInfo,
  originOf,
  shadow,
  type CallInfo,
  type Holdline,
  type Undo,
} from '@holdline/core';
import { guardedFetch, replaceFetch, sendLetters, type FetchOptions } from '@holdline/fetch';
import { reportDefects } from './sdk/defects.js';
import { isLogin, ownOrigins } from './sdk/own-origins.js';
import type { HttpClientLike, SdkParts } from './sdk/sdk-parts.js';
import { calmRenewal } from './sdk/single-renewal.js';
import { currentToken, writeToken } from './sdk/stored-token.js';
import { claimsOf } from './sdk/token-claims.js';
import { followRefreshToken } from './sdk/token-renewal.js';
import { attachWorkers } from './workers/attach-workers.js';

/** Tokens of the past that a request may still carry. */
const TOKENS_REMEMBERED = 8;

/** What became of the request of an SDK function; the SDK drops status, headers and our refusals. */
interface Frame {
  info?: CallInfo | undefined;
  refusal?: unknown;
}

/** Hangs the SDK on a line. */
export function attachSdk(sdk: SdkParts, line: Holdline): Undo {
  const { HttpClient, CXoneAuth, LoadWorker } = sdk;
  const tokens = knownTokens(sdk);
  const isOwn = ownOrigins(sdk);
  let attached = true;
  // The SDK function being called right now; its request starts in the same tick.
  let frame: Frame | undefined;
  const options: FetchOptions = {
    governs: (url) => attached && isOwn(originOf(url)),
    bypass: (url) => isLogin(url, CXoneAuth),
    ownOrigin: (url) => originOf(url),
    ownCredential: tokens.isForeign,
    identify: tokens.identify,
    name: 'cxone',
    owner: HttpClient,
    authorization() {
      const token = CXoneAuth && currentToken(CXoneAuth.instance)?.accessToken;
      return token === undefined ? undefined : `Bearer ${token}`;
    },
  };
  const { fetch: native } = globalThis;
  const guarded = guardedFetch(native, line, options);
  const told = (...args: Parameters<typeof fetch>): Promise<Response> => {
    const called = frame;
    const ended = guarded(...args);
    if (called)
      ended.then(
        (value) => note(called, value),
        (error: unknown) => note(called, error),
      );
    return ended;
  };
  const undo: Undo[] = [
    sendLetters(native, line, options),
    // rxjs reads it for each request.
    replaceFetch(Object.defineProperties(told, Object.getOwnPropertyDescriptors(guarded)) as typeof fetch),
  ];
  for (const key of ['handleRequestWithCircuitBreaker', 'getBlob'] as const) {
    undo.push(
      shadow(
        HttpClient,
        key,
        (original) =>
          function (this: HttpClientLike, ...args) {
            const outer = frame;
            const own: Frame = (frame = {});
            try {
              return tell(own, original.apply(this, args));
            } finally {
              frame = outer;
            }
          },
      ),
    );
  }
  // One for all hosts and tenants, which counts what the line gives up as well. The line has circuits of its own.
  undo.push(shadow(HttpClient.circuitBreaker, 'execute', () => (fn) => fn()));
  if (LoadWorker) undo.push(attachWorkers(LoadWorker, line, options));
  if (line.managesToken) {
    if (CXoneAuth) undo.push(calmRenewal(CXoneAuth));
    undo.push(
      line.onToken((token) => {
        tokens.add(token.accessToken);
        if (CXoneAuth) followRefreshToken(CXoneAuth, token.refreshToken);
        writeToken(sdk, token);
      }, HttpClient),
    );
  }
  reportDefects(sdk, line);
  return () => {
    attached = false;
    for (const fn of undo.reverse()) fn();
  };
}

function note(frame: Frame, ended: unknown): void {
  frame.info = callInfo(ended);
  if (isHoldlineError(ended)) frame.refusal = ended;
}

/** What the SDK hands out, with what is known of it; our own refusals instead of an error that says nothing. */
function tell(frame: Frame, ended: Promise<unknown>): Promise<unknown> {
  return ended.then(
    (value) => {
      if (frame.info) noteInfo(value, frame.info);
      return value;
    },
    (error: unknown) => {
      const told = frame.refusal ?? error;
      if (frame.info) noteInfo(told, frame.info);
      throw told;
    },
  );
}

/** Tells the user's own token, also an earlier one, from that of somebody else, such as another tenant's. */
function knownTokens({ CXoneAuth }: SdkParts): {
  add(token: string): void;
  isForeign(authorization: string | undefined): boolean;
  identify: NonNullable<FetchOptions['identify']>;
} {
  const known: string[] = [];
  const add = (token: string): void => {
    if (known.includes(token)) return;
    known.push(token);
    if (known.length > TOKENS_REMEMBERED) known.shift();
  };
  let last: string | undefined;
  let claims: ReturnType<typeof claimsOf> = {};
  return {
    add,
    isForeign(authorization) {
      const current = CXoneAuth && currentToken(CXoneAuth.instance)?.accessToken;
      if (current !== undefined) add(current);
      // What the SDK sends without a token, such as its discovery, is meant so.
      if (authorization === undefined) return CXoneAuth !== undefined;
      return !(authorization.startsWith('Bearer ') && known.includes(authorization.slice(7)));
    },
    identify(authorization) {
      if (authorization === undefined) return undefined;
      if (authorization !== last) {
        last = authorization;
        claims = claimsOf(authorization);
      }
      return claims;
    },
  };
}
