import {
  ConfigError,
  defineAdapter,
  holdlineOf,
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

/** A client the SDK made; it may be guarded by the user already. */
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
 * Guards a client of genesys-cloud-streaming-client: its streams are opened one after the other within the quota of the
 * handshakes, its HTTP requests are paced, retried and re-authorised, and its token, which is the password of the stream too, is
 * kept current. `disconnect()` while it waits sends nothing.
 *
 * Works with versions 17.2 and 19.4, with any number of copies of them, and imports none. Hooks are on the instance; `release`
 * takes them off again.
 *
 * @param client A streaming client.
 * @param configOrLine Laid over the preset `genesysCloud()`, with `handshakes` beside it; or a line made before. Clients on one line
 *   share its quotas and its token, and their streams are opened by one pool: see {@link handshakesOn}.
 * @returns the same client.
 * @throws ConfigError for a wrong configuration, or something that is no streaming client.
 * @example
 * ```ts
 * import { guardStreaming } from '@holdline/genesys-streaming';
 *
 * declare const client: { connect(): Promise<void> };
 * guardStreaming(client, { handshakes: { quotas: [{ limit: 50, windowMs: 1_000 }] } });
 * await client.connect();
 * ```
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
  if (holdlineOf(client)) return client;
  const own = like as StreamingClientLike;
  guardClient(
    own,
    findOrCreateLine(configOrLine, () => own.config.authToken),
  );
  return client;
}

/**
 * Guards a `GenesysCloudWebrtcSdk`: its HTTP requests, and the streaming client that it makes when it is initialised, as
 * {@link guardStreaming} does. Guard it before `initialize()`.
 *
 * Works with genesys-cloud-webrtc-sdk 9.2, in browsers, and imports none.
 *
 * @param sdk The SDK.
 * @param configOrLine As for {@link guardStreaming}.
 * @returns the same SDK.
 * @throws ConfigError for a wrong configuration, or something that is no WebRTC SDK.
 * @example
 * ```ts
 * import { guardWebrtc } from '@holdline/genesys-streaming';
 *
 * declare const sdk: { initialize(): Promise<void> };
 * guardWebrtc(sdk);
 * await sdk.initialize();
 * ```
 */
export function guardWebrtc<S extends object>(sdk: S, configOrLine: StreamingConfig | Holdline = {}): S {
  const like = (sdk ?? {}) as Partial<WebrtcSdkLike>;
  if (!like._config || typeof like._http?.requestApi !== 'function' || !('_streamingConnection' in like))
    throw new ConfigError(
      'the first argument of guardWebrtc must be a GenesysCloudWebrtcSdk of genesys-cloud-webrtc-sdk, version 9.2 or later',
    );
  if (holdlineOf(sdk)) return sdk;
  const own = like as WebrtcSdkLike;
  guardSdk(
    own,
    findOrCreateLine(configOrLine, () => own._config.accessToken),
  );
  return sdk;
}

export { handshakesOn, type HandshakePorts } from './handshake-pool.js';
export type { StreamingConfig } from './options.js';
