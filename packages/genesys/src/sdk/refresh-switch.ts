import type { Undo } from '@holdline/core';
import type { ApiClientLike } from './api-client.js';

/**
 * Keeps the SDK from refreshing by itself: it rejects the caller and re-sends the request behind his back. What is written to the
 * switch meanwhile, by the user or by a reload of the configuration file, is there again after the release.
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
