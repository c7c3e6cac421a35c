import { attachAxios } from '@holdline/axios';
import { patchMethod, type Holdline, type SdkMethodTracker, type Undo } from '@holdline/core';
import { isLogin, type ApiClientLike, type HttpClientLike } from '../sdk/api-client.js';
import { readRefusal } from '../sdk/refusal.js';
import { isRevocation } from '../sdk/revocation.js';
import { runCustomRequest } from './custom-client.js';

/** What the HTTP client needs to know of its `ApiClient`. */
export interface HttpClientFacts {
  /** Origin of the client's API. */
  ownOrigin(): string;
  /** Whether a request carries another credential than a token of the client. */
  ownCredential(authorization: string | undefined): boolean;
  readonly tracker: SdkMethodTracker;
}

/** Attaches the HTTP client of an `ApiClient`: the SDK's own at its axios instance, any other at its `request`. */
export function attachHttpClient(
  http: HttpClientLike,
  client: ApiClientLike,
  line: Holdline,
  { ownOrigin, ownCredential, tracker }: HttpClientFacts,
): Undo {
  const undo: Undo[] = [];
  const axios = http._axiosInstance;
  const bypass = (url: string): boolean => isLogin(client, url) || isRevocation(client, url);
  const hasAxios = typeof axios?.create === 'function';
  if (hasAxios)
    undo.push(
      attachAxios(axios, line, {
        bypass,
        readRefusal,
        ownOrigin,
        ownCredential,
        name: 'genesys',
        owner: client,
      }),
    );
  undo.push(
    patchMethod(
      http,
      'request',
      (original) =>
        function (options) {
          const native = original.bind(http);
          if (hasAxios || bypass(options.url)) return tracker.trackRequest(native(options));
          const { authorization, Authorization = authorization } = options.headers ?? {};
          return tracker.trackRequest(
            runCustomRequest(native, options, line, {
              ownOrigin: ownOrigin(),
              ownCredential: ownCredential(Authorization),
            }),
          );
        },
    ),
  );
  return () => {
    for (const fn of undo.reverse()) fn();
  };
}
