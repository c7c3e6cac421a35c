import type { Undo } from '@holdline/core';
import type { ApiClientLike } from './api-client.js';

/**
 * Switches off the SDK's own refresh, which rejects the caller and then repeats the request in the background. A value that the user
 * or a reload of the configuration file writes meanwhile takes effect after the undo.
 */
export function disableRefresh(client: ApiClientLike): Undo {
  const { config } = client;
  let configured = config.refresh_access_token;
  Object.defineProperty(config, 'refresh_access_token', {
    configurable: true,
    enumerable: true,
    get: () => false,
    set: (value: boolean) => {
      configured = value;
    },
  });
  return () => {
    Object.defineProperty(config, 'refresh_access_token', {
      value: configured,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  };
}
