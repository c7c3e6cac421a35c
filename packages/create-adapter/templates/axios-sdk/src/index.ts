// A Holdline adapter for an SDK that contains an axios instance, here `http`.
// Made for $theClient$: the comments `CHANGE 1` to `CHANGE 4` (in test/adapter.contract.ts) name all that differs between SDKs.
import { attachAxios, letterSender, type AttachOptions, type AxiosLike } from '@holdline/axios';
import { defineAdapter } from '@holdline/core';

// CHANGE 1: where your SDK keeps its axios instance. Never import the SDK itself: an adapter that knows only a shape fits every version
// and every copy of the SDK.

/** The SDK. */
export interface SdkLike {
  readonly http: AxiosLike;
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
    // CHANGE 2: an SDK with several instances attaches each of them.
    const { http } = sdk;
    const options: AttachOptions = {
      // Dead letters of this SDK go back through this SDK.
      name: '$guard$',
      owner: sdk,
      // CHANGE 3: requests for tokens go past the line, or the line would wait for itself.
      bypass: (url) => new URL(url, 'http://localhost').pathname === '/oauth/token',
    };
    // The adapter of an axios instance is below its interceptors, so the line sees every attempt.
    const detach = attachAxios(http, line, options);
    const sender = letterSender(http, undefined, options);
    const stopReplays = line.deadLetters.sendBy('$guard$', sender, sdk);
    return () => {
      stopReplays();
      detach();
    };
  },
});
