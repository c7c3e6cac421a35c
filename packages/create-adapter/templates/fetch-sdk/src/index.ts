// A Holdline adapter for an SDK that calls a fetch function, here its member `fetch`.
// Made for $theClient$: the comments `CHANGE 1` to `CHANGE 4` (in test/adapter.contract.ts) name all that differs between SDKs.
import { defineAdapter, originOf } from '@holdline/core';
import { guardedFetch, sendLetters, type FetchFunction, type FetchOptions } from '@holdline/fetch';

// CHANGE 1: where your SDK keeps its fetch function. Never import the SDK itself: an adapter that knows only a shape fits every version
// and every copy of the SDK.

/** The SDK. */
export interface SdkLike {
  readonly baseUrl: string;
  /** Headers of all requests, with the credential. */
  readonly headers: Readonly<Record<string, string>>;
  fetch: FetchFunction;
}

/**
 * Guards an SDK: its requests are paced, retried where that is safe, and signed with the token of the line, if the line has one.
 *
 * @param sdk - The SDK. `release(sdk)` of `@holdline/core` restores it.
 * @param configOrLine - A configuration, or a line that several SDKs share.
 * @returns the same SDK.
 */
export const $guard$ = defineAdapter<SdkLike>({
  name: '$guard$',
  attach(sdk, line) {
    // CHANGE 2: an SDK that calls the global fetch uses `replaceFetch` of `@holdline/fetch`, and `governs` to leave other requests alone.
    const native = sdk.fetch;
    const own = Object.getOwnPropertyDescriptor(sdk, 'fetch');
    const options: FetchOptions = {
      // Dead letters of this SDK go back through this SDK, with its credential of that time.
      name: '$guard$',
      owner: sdk,
      authorization: () => sdk.headers['authorization'],
      // The token of the line goes to this origin only.
      ownOrigin: () => originOf(sdk.baseUrl),
      // CHANGE 3: requests for tokens go past the line, or the line would wait for itself.
      bypass: (url) => new URL(url).pathname === '/oauth/token',
    };
    const guarded = guardedFetch(native, line, options);
    // A dead letter of another server is not for this SDK.
    const governs = (url: string): boolean => originOf(url) === originOf(sdk.baseUrl);
    const stopReplays = sendLetters(native, line, { ...options, governs });
    sdk.fetch = guarded;
    return () => {
      stopReplays();
      // Other code may have replaced the function since. Then the guarded one stays below it.
      if (sdk.fetch !== guarded) return;
      if (own) Object.defineProperty(sdk, 'fetch', own);
      else Reflect.deleteProperty(sdk, 'fetch');
    };
  },
});
