import { originOf, SdkMethodTracker, SdkTokens, patchMethod, type Holdline, type Undo } from '@holdline/core';
import { guardedFetch, replaceFetch, sendLetters, type FetchOptions } from '@holdline/fetch';
import { BrokenBodies } from './sdk/broken-bodies.js';
import { reportDefects } from './sdk/defects.js';
import { isLogin, createOriginCheck } from './sdk/own-origins.js';
import type { HttpClientLike, SdkParts } from './sdk/sdk-parts.js';
import { limitRenewals } from './sdk/single-renewal.js';
import { currentToken, writeToken } from './sdk/stored-token.js';
import { createClaimsReader } from './sdk/token-claims.js';
import { followRefreshToken } from './sdk/token-renewal.js';
import { attachWorkers } from './workers/attach-workers.js';

/** Attaches the SDK to a line. */
export function attachSdk(sdk: SdkParts, line: Holdline): Undo {
  const { HttpClient, CXoneAuth, LoadWorker } = sdk;
  const tokenOfSdk = (): string | undefined => CXoneAuth && currentToken(CXoneAuth.instance)?.accessToken;
  const tokens = new SdkTokens(tokenOfSdk);
  const tracker = new SdkMethodTracker();
  const bodies = new BrokenBodies();
  const isOwn = createOriginCheck(sdk);
  let isAttached = true;
  const options: FetchOptions = {
    governs: (url) => isAttached && isOwn(originOf(url)),
    bypass: (url) => isLogin(url, CXoneAuth),
    ownOrigin: (url) => originOf(url),
    ownCredential(authorization) {
      const isForeign = tokens.isForeign(authorization);
      // The SDK sends some requests, such as its discovery, without a token on purpose.
      return authorization === undefined ? CXoneAuth !== undefined : isForeign;
    },
    identify: createClaimsReader(),
    // rxjs gives each request a signal that the SDK never aborts.
    replaceSignal: true,
    name: 'cxone',
    owner: HttpClient,
    authorization() {
      const token = tokenOfSdk();
      return token === undefined ? undefined : `Bearer ${token}`;
    },
  };
  const { fetch: native } = globalThis;
  const guarded = guardedFetch(native, line, options);
  const tracked = (...args: Parameters<typeof fetch>): Promise<Response> =>
    bodies.watchAnswer(tracker.trackRequest(guarded(...args)));
  const undo: Undo[] = [
    sendLetters(native, line, options),
    // rxjs reads the global fetch at each request.
    replaceFetch(Object.defineProperties(tracked, Object.getOwnPropertyDescriptors(guarded)) as typeof fetch),
  ];
  for (const key of ['handleRequestWithCircuitBreaker', 'getBlob'] as const) {
    undo.push(
      patchMethod(
        HttpClient,
        key,
        (original) =>
          function (this: HttpClientLike, ...args) {
            return tracker.runMethod(() => bodies.runMethod(() => original.apply(this, args)));
          },
      ),
    );
  }
  // The SDK's breaker covers all hosts and tenants, and counts refusals by the line too. The line has its own circuits.
  undo.push(patchMethod(HttpClient.circuitBreaker, 'execute', () => (fn) => fn()));
  if (LoadWorker) undo.push(attachWorkers(LoadWorker, line, options));
  if (line.managesToken) {
    if (CXoneAuth) undo.push(limitRenewals(CXoneAuth));
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
    isAttached = false;
    for (const fn of undo.reverse()) fn();
  };
}
