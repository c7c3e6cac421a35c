import { check, ConfigError, mergeConfig, type HoldlineConfig } from '@holdline/core';
import { genesysCloud } from '@holdline/genesys';
import { resolveHandshakes, type HandshakeOptions } from '@holdline/websocket';

/** Configuration of a guarded streaming client: that of a line for its HTTP requests, and how its streams are opened. */
export interface StreamingConfig extends HoldlineConfig {
  /**
   * How streams are opened. Clients that are to share it share a line: see `handshakesOn`.
   * @defaultValue on: see HandshakeOptions of `@holdline/websocket`
   */
  handshakes?: HandshakeOptions;
}

/** A configuration, taken apart. */
export interface SplitConfig {
  http: HoldlineConfig;
  handshakes: HandshakeOptions | undefined;
}

/** Takes a configuration apart, with the preset under it and the client's own token where no grant is given. */
export function splitConfig(given: StreamingConfig, currentToken: () => string | undefined): SplitConfig {
  if (!check.isRecord(given)) throw new ConfigError('the configuration must be an object');
  const { handshakes, ...own } = given as StreamingConfig;
  if (handshakes !== undefined) resolveHandshakes(handshakes);
  const token = {
    current: () => {
      const accessToken = currentToken();
      return accessToken ? { accessToken } : undefined;
    },
    // Nothing to renew it with: a 401 reaches the caller.
    grant: () => Promise.resolve(undefined),
  };
  return { http: mergeConfig({ ...genesysCloud(), token }, own), handshakes };
}
