import { originOf, SdkMethodTracker, SdkTokens, patchMethod, type Holdline, type Undo } from '@holdline/core';
import { apiUrl, type ApiClientLike, type HttpClientLike } from '../sdk/api-client.js';
import { reportDefects } from '../sdk/defects.js';
import { disableRefresh } from '../sdk/refresh-switch.js';
import { currentToken, watchExpiry, writeToken } from '../sdk/stored-token.js';
import { followRefreshToken, rememberLogin } from '../sdk/token-renewal.js';
import { attachHttpClient } from './attach-http-client.js';
import { createLetterSender } from './letter-sender.js';

/** Attaches one `ApiClient` to a line. */
export function attachClient(client: ApiClientLike, line: Holdline): Undo {
  const undo: Undo[] = [];
  const attached = new WeakSet<HttpClientLike>();
  const tokens = new SdkTokens(() => currentToken(client)?.accessToken);
  const tracker = new SdkMethodTracker();
  const ownOrigin = (): string => originOf(apiUrl(client));
  const ownCredential = (authorization: string | undefined): boolean => tokens.isForeign(authorization);

  // Only the SDK calls getHttpClient(): the first call fixes the timeout of the client.
  undo.push(
    patchMethod(
      client,
      'getHttpClient',
      (original) =>
        function () {
          const http = original.call(client);
          if (!attached.has(http)) {
            attached.add(http);
            undo.push(attachHttpClient(http, client, line, { ownOrigin, ownCredential, tracker }));
          }
          return http;
        },
    ),
    line.deadLetters.sendBy('genesys', createLetterSender(client, ownOrigin, ownCredential), client),
    // The SDK settles with a bare body. The tracker adds the info of the call.
    patchMethod(
      client,
      'callApi',
      (original) =>
        function (...args) {
          return tracker.runMethod(() => original.apply(client, args));
        },
    ),
  );
  if (line.managesToken) {
    undo.push(
      rememberLogin(client),
      watchExpiry(client),
      disableRefresh(client),
      line.onToken((token) => {
        followRefreshToken(client, token.refreshToken);
        writeToken(client, token);
        tokens.add(token.accessToken);
      }, client),
    );
  }
  reportDefects(client, line);
  return () => {
    for (const fn of undo.reverse()) fn();
  };
}
