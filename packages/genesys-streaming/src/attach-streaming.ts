import { SdkTokens, patchMethod, type Holdline, type Undo } from '@holdline/core';
import type { Handshakes } from '@holdline/websocket';
import { Connector } from './connector.js';
import { attachHttp } from './http-requests.js';
import type { StreamingClientLike } from './sdk.js';

/** Attaches one streaming client to a line, and its streams to the handshakes of that line. */
export function attachStreaming(client: StreamingClientLike, line: Holdline, handshakes: Handshakes): Undo {
  const connector = new Connector(client, line, handshakes);
  const { connectionManager } = client;
  const tokens = new SdkTokens(() => client.config.authToken);
  const undo: Undo[] = [
    attachHttp(client.http, line, {
      client,
      apiHost: () => client.config.apiHost,
      token: () => client.config.authToken,
      isOwnToken: (token) => tokens.has(token),
      signalFor: (isRetried) => (isRetried || client.connecting ? connector.signal : undefined),
    }),
    patchMethod(
      connectionManager,
      'getNewStanzaConnection',
      (original) => () => connector.openSession(() => original.call(connectionManager)),
    ),
    patchMethod(client, 'connect', (original) => (options) => {
      const { cancelled } = connector;
      connector.beginConnecting();
      // disconnect() has cancelled the attempt under way: the new one starts after its end.
      if (client.connecting && cancelled)
        return cancelled.then(() => connector.runWhileWanted(() => client.connect(options)));
      if (client.connecting) return original.call(client, options);
      return connector.trackAttempt(
        original.call(client, options).catch((error: unknown) => {
          // The SDK leaves this flag set after a failure, and would never connect again.
          client.connecting = false;
          throw error;
        }),
      );
    }),
    patchMethod(client, 'disconnect', (original) => () => {
      connector.cancel();
      return original.call(client);
    }),
  ];
  if (typeof client.backoffConnectRetryHandler === 'function')
    undo.push(
      patchMethod(
        client,
        'backoffConnectRetryHandler',
        (original) => (options, error, attempt) =>
          connector.decideRetry(attempt, () =>
            (original as NonNullable<typeof original>).call(client, options, withoutRetryAfter(error), attempt),
          ),
      ),
    );
  if (line.managesToken)
    undo.push(
      line.onToken(({ accessToken }) => {
        tokens.add(accessToken);
        // The token signs requests and is the password of the next session.
        if (!client.config.jwt && client.config.authToken !== accessToken) client.setAccessToken(accessToken);
      }, client),
    );
  return () => {
    for (const fn of undo.reverse()) fn();
  };
}

/** The error without Retry-After: the SDK would add that wait to its back-off, while the gate waits for it too. */
function withoutRetryAfter(error: unknown): unknown {
  const { response } = (error ?? {}) as { response?: { headers?: object } };
  if (typeof response !== 'object' || !response.headers) return error;
  const headers: Record<string, unknown> = { ...response.headers };
  delete headers['retry-after'];
  return { ...(error as object), name: (error as Error).name, response: { ...response, headers } };
}
