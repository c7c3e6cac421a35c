import { SdkTokens, type Holdline, type Undo } from '@holdline/core';
import { attachHttp } from './http-requests.js';
import type { StreamingClientLike, WebrtcSdkLike } from './sdk.js';

const KEY = '_streamingConnection';

/** Hangs a WebRTC SDK on a line. It makes a streaming client of its own, of a version of its own, and then another one. */
export function attachSdk(
  sdk: WebrtcSdkLike,
  line: Holdline,
  guardStream: (client: StreamingClientLike) => Undo,
): Undo {
  const tokens = new SdkTokens(() => sdk._config.accessToken);
  let client: StreamingClientLike | null = null;
  let releaseClient: Undo | undefined;
  const take = (next: StreamingClientLike | null): void => {
    if (next === client) return;
    releaseClient?.();
    client = next;
    releaseClient = next ? guardStream(next) : undefined;
  };
  const had = Object.getOwnPropertyDescriptor(sdk, KEY) as PropertyDescriptor;
  take(sdk[KEY]);
  // It is set before the client connects.
  Object.defineProperty(sdk, KEY, { configurable: true, enumerable: true, get: () => client, set: take });
  const undo: Undo[] = [
    attachHttp(sdk._http, line, {
      apiHost: () => sdk._config.environment,
      isOwnToken: (token) => tokens.has(token),
      signalFor: () => undefined,
    }),
  ];
  if (line.managesToken)
    undo.push(
      line.onToken(({ accessToken }) => {
        tokens.add(accessToken);
        if (sdk._config.accessToken !== undefined && sdk._config.accessToken !== accessToken)
          sdk.setAccessToken(accessToken);
      }, sdk),
    );
  return () => {
    for (const fn of undo) fn();
    Object.defineProperty(sdk, KEY, { ...had, value: client });
    releaseClient?.();
  };
}
