import type { Holdline } from '@holdline/core';
import type { SdkConfig } from '../types.js';

/** The name under which the line reports a retry strategy of the user. */
export const OTHER_LAYER = 'the retryStrategy of the client';

/** A strategy of the SDK's interface that never repeats a request. */
const NO_RETRY = {
  acquireInitialRetryToken: () => Promise.resolve({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: () => Promise.reject(new Error('Holdline decides about retries')),
  recordSuccess: () => undefined,
};

/** The SDK's own retry, while the client is guarded. */
export interface OwnRetry {
  /** The name of the retry layer of the user that stays in force; undefined if the line repeats the calls. */
  readonly otherLayer: string | undefined;
  restore(): void;
}

/**
 * Sets the SDK's own retry aside: its standard mode and its adaptive mode. A strategy that the user wrote or configured stays the only
 * retry layer, unless `retry.otherLayer` is `'replace'`. The SDK asks for the strategy at each call, so nothing else has to change.
 */
export function setOwnRetryAside(config: SdkConfig, line: Holdline): OwnRetry {
  const own = Object.getOwnPropertyDescriptor(config, 'retryStrategy');
  const { retryStrategy } = config;
  const isProvider = typeof retryStrategy === 'function';
  let isOfUser = false;
  const provide = async (): Promise<unknown> => {
    const strategy: unknown = isProvider ? await (retryStrategy as () => unknown)() : retryStrategy;
    isOfUser = isUserStrategy(strategy);
    return isOfUser && !line.replacesOtherRetries ? strategy : NO_RETRY;
  };
  config.retryStrategy = provide;
  return {
    get otherLayer() {
      return isOfUser && !line.replacesOtherRetries ? OTHER_LAYER : undefined;
    },
    restore() {
      if (config.retryStrategy !== provide) return;
      if (own) Object.defineProperty(config, 'retryStrategy', own);
      else delete config.retryStrategy;
    },
  };
}

/**
 * Whether a strategy is not one that the SDK makes by itself. Those have a mode. A `ConfiguredRetryStrategy` inherits the mode, and
 * its user gave it a backoff.
 */
function isUserStrategy(strategy: unknown): boolean {
  const { mode, computeNextBackoffDelay } = (strategy ?? {}) as { mode?: unknown; computeNextBackoffDelay?: unknown };
  return (mode !== 'standard' && mode !== 'adaptive') || computeNextBackoffDelay !== undefined;
}
