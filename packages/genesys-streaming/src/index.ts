import {
  ConfigError,
  defineAdapter,
  holdlineOf,
  isGuarded,
  isHoldline,
  createHoldline,
  release,
  type Holdline,
  type Undo,
} from '@holdline/core';
import { attachStreaming } from './attach-streaming.js';
import { findOrCreatePool } from './handshake-pool.js';
import { splitConfig, type StreamingConfig } from './options.js';
import { reportDefects } from './defects.js';
import { attachWebrtc } from './attach-webrtc.js';
import type { StreamingClientLike, WebrtcSdkLike } from './sdk.js';

const guardClient = defineAdapter<StreamingClientLike>({
  name: 'guardStreaming',
  attach(client, line) {
    reportDefects(line);
    return attachStreaming(client, line, findOrCreatePool(line));
  },
});

const guardSdk = defineAdapter<WebrtcSdkLike>({
  name: 'guardWebrtc',
  attach: (sdk, line) => attachWebrtc(sdk, line, (client) => guardStreamingClient(client, line)),
});

/** Guards a client that the WebRTC SDK made, unless the user has guarded it already. */
function guardStreamingClient(client: StreamingClientLike, line: Holdline): Undo {
  if (holdlineOf(client)) return () => undefined;
  guardClient(client, line);
  return () => release(client);
}

function findOrCreateLine(configOrLine: StreamingConfig | Holdline, currentToken: () => string | undefined): Holdline {
  if (isHoldline(configOrLine)) return configOrLine;
  const { http, handshakes } = splitConfig(configOrLine, currentToken);
  const line = createHoldline(http);
  findOrCreatePool(line, handshakes, http);
  return line;
}

/**
 * Guards a client of genesys-cloud-streaming-client. Its streams open one after the other within the quota of the handshakes. The
 * line paces, retries and re-authorises its HTTP requests. It also renews the token, which is the password of the stream too. After a
 * `disconnect()` nothing that still waits is sent.
 *
 * Works with versions 17.2 and 19.4, in any number of copies. Imports none of them. The hooks are on the instance, and `release`
 * removes them.
 *
 * @param client - A streaming client.
 * @param configOrLine - A configuration, merged over the preset `genesysCloud()`, with `handshakes` added; or an existing line. Clients
 *   on one line share its quotas, its token and its pool of handshakes: see {@link handshakesOn}.
 * @returns the same client.
 * @throws ConfigError if the configuration is wrong, or `client` is no streaming client.
 * @example
 * ```ts
 * import { guardStreaming } from '@holdline/genesys-streaming';
 *
 * declare const client: { connect(): Promise<void> };
 * guardStreaming(client, { handshakes: { quotas: [{ limit: 50, windowMs: 1_000 }] } });
 * await client.connect();
 * ```
 * @public
 */
export function guardStreaming<C extends object>(client: C, configOrLine: StreamingConfig | Holdline = {}): C {
  const like = (client ?? {}) as Partial<StreamingClientLike>;
  if (
    typeof like.connectionManager?.getNewStanzaConnection !== 'function' ||
    typeof like.http?.requestApi !== 'function'
  )
    throw new ConfigError(
      'the first argument of guardStreaming must be a client of genesys-cloud-streaming-client, version 17.2 or later',
    );
  if (isGuarded('guardStreaming', client, configOrLine)) return client;
  const own = like as StreamingClientLike;
  guardClient(
    own,
    findOrCreateLine(configOrLine, () => own.config.authToken),
    configOrLine,
  );
  return client;
}

/**
 * Guards a `GenesysCloudWebrtcSdk`: its HTTP requests, and the streaming client that `initialize()` makes. Call it before
 * `initialize()`. The effect is that of {@link guardStreaming}.
 *
 * Works with genesys-cloud-webrtc-sdk 9.2, in browsers. Imports none of it.
 *
 * @param sdk - An instance of the SDK.
 * @param configOrLine - As for {@link guardStreaming}.
 * @returns the same SDK.
 * @throws ConfigError if the configuration is wrong, or `sdk` is no WebRTC SDK.
 * @example
 * ```ts
 * import { guardWebrtc } from '@holdline/genesys-streaming';
 *
 * declare const sdk: { initialize(): Promise<void> };
 * guardWebrtc(sdk);
 * await sdk.initialize();
 * ```
 * @public
 */
export function guardWebrtc<S extends object>(sdk: S, configOrLine: StreamingConfig | Holdline = {}): S {
  const like = (sdk ?? {}) as Partial<WebrtcSdkLike>;
  if (!like._config || typeof like._http?.requestApi !== 'function' || !('_streamingConnection' in like))
    throw new ConfigError(
      'the first argument of guardWebrtc must be a GenesysCloudWebrtcSdk of genesys-cloud-webrtc-sdk, version 9.2 or later',
    );
  if (isGuarded('guardWebrtc', sdk, configOrLine)) return sdk;
  const own = like as WebrtcSdkLike;
  guardSdk(
    own,
    findOrCreateLine(configOrLine, () => own._config.accessToken),
    configOrLine,
  );
  return sdk;
}

export { handshakesOn, type HandshakePorts } from './handshake-pool.js';
export type { StreamingConfig } from './options.js';
