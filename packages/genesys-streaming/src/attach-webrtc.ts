import { SdkTokens, type Holdline, type Undo } from '@holdline/core';
import { attachHttp } from './http-requests.js';
import type { StreamingClientLike, WebrtcSdkLike } from './sdk.js';

const CONNECTION_KEY = '_streamingConnection';

/** Attaches a WebRTC SDK to a line, and each streaming client that the SDK makes. */
export function attachWebrtc(
  sdk: WebrtcSdkLike,
  line: Holdline,
  guardStreamingClient: (client: StreamingClientLike) => Undo,
): Undo {
  const tokens = new SdkTokens(() => sdk._config.accessToken);
  let client: StreamingClientLike | null = null;
  let releaseClient: Undo | undefined;
  const setClient = (next: StreamingClientLike | null): void => {
    if (next === client) return;
    releaseClient?.();
    client = next;
    releaseClient = next ? guardStreamingClient(next) : undefined;
  };
  const original = Object.getOwnPropertyDescriptor(sdk, CONNECTION_KEY) as PropertyDescriptor;
  setClient(sdk[CONNECTION_KEY]);
  // The SDK sets this property before the client connects.
  Object.defineProperty(sdk, CONNECTION_KEY, {
    configurable: true,
    enumerable: true,
    get: () => client,
    set: setClient,
  });
  const undo: Undo[] = [
    attachHttp(sdk._http, line, {
      client: sdk,
      apiHost: () => sdk._config.environment,
      token: () => sdk._config.accessToken,
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
    Object.defineProperty(sdk, CONNECTION_KEY, { ...original, value: client });
    releaseClient?.();
  };
}
