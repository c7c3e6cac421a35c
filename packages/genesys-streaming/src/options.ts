import { check, ConfigError, mergeConfig, type HoldlineConfig } from '@holdline/core';
import { genesysCloud } from '@holdline/genesys';
import { resolveHandshakes, type HandshakeOptions } from '@holdline/websocket';

/**
 * Configuration of a guarded streaming client: a line for its HTTP requests, and the handshakes of its streams.
 * @public
 */
export interface StreamingConfig extends HoldlineConfig {
  /**
   * How streams are opened. Clients on one line share their handshakes: see `handshakesOn`.
   * @defaultValue on: see HandshakeOptions of `@holdline/websocket`
   */
  handshakes?: HandshakeOptions;
}

/** A configuration in its two parts. */
export interface SplitConfig {
  http: HoldlineConfig;
  handshakes: HandshakeOptions | undefined;
}

/** Splits a configuration. Adds the preset, and the client's token as default of `token`. */
export function splitConfig(given: StreamingConfig, currentToken: () => string | undefined): SplitConfig {
  if (!check.isRecord(given)) throw new ConfigError('the configuration must be an object');
  const { handshakes, ...own } = given as StreamingConfig;
  if (handshakes !== undefined) resolveHandshakes(handshakes);
  const token = {
    current: () => {
      const accessToken = currentToken();
      return accessToken ? { accessToken } : undefined;
    },
    // Without a grant the token cannot be renewed, and the caller gets the 401.
    grant: () => Promise.resolve(undefined),
  };
  return { http: mergeConfig({ ...genesysCloud(), token }, own), handshakes };
}
