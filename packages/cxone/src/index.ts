import {
  ConfigError,
  defineAdapter,
  holdlineOf,
  mergeConfig,
  release,
  type Holdline,
  type HoldlineConfig,
  type Undo,
} from '@holdline/core';
import { attachSdk } from './attach-sdk.js';
import { cxone } from './preset.js';
import { checkSdk, type CxoneSdk, type HttpClientLike, type SdkParts } from './sdk/sdk-parts.js';
import { sdkTokenOptions } from './sdk/token-renewal.js';

const guardSdk = defineAdapter<CxoneSdk>({
  name: 'guardCxone',
  // Whoever logs in through the SDK is heard also where the configuration has a grant.
  configure: (sdk, given) => {
    const { CXoneAuth } = checkSdk(sdk);
    return mergeConfig({ ...cxone(), ...(CXoneAuth && { token: sdkTokenOptions(CXoneAuth) }) }, given);
  },
  attach(sdk, line) {
    if (typeof globalThis.fetch !== 'function') throw new ConfigError('guardCxone needs a global fetch');
    return attachHttpClient(checkSdk(sdk), line);
  },
});

/** Known to `holdlineOf` and `release` by the `HttpClient` too. */
function attachHttpClient(sdk: SdkParts, line: Holdline): Undo {
  const { HttpClient } = sdk;
  defineAdapter<HttpClientLike>({ name: 'guardCxone', attach: () => attachSdk(sdk, line) })(HttpClient, line);
  return () => release(HttpClient);
}

/**
 * Guards the NICE CXone agent SDK: all its requests, those of its workers too, are paced, retried and re-authorised, and what
 * one tenant runs into closes no door to another. Without a configuration the preset {@link cxone} applies.
 *
 * Hangs at the global fetch, for requests to the SDK's own origins and no others, and below the SDK's circuit breaker, which is off
 * meanwhile. Works with `@nice-devone/*` 25, and imports none of it: give it the classes of your bundle.
 *
 * The token is that of `CXoneAuth`, where that is given. To renew it the line uses `token.grant` of the configuration, else the SDK's
 * own refresh. A request with the token of somebody else goes out as it is, by quotas, gates and circuits of its own.
 *
 * @param sdk The parts of the SDK, given together.
 * @param configOrLine Laid over the preset, or a line made before. A line is taken as it is: make it from `cxone()`.
 * @returns the same object.
 * @throws ConfigError for a wrong configuration, something that is no HttpClient, or where there is no fetch.
 * @example
 * ```ts
 * import { guardCxone } from '@holdline/cxone';
 * import { ACDSessionManager, AdminService, HttpClient, LoadWorker } from '@nice-devone/core-sdk';
 * import { CXoneAuth } from '@nice-devone/auth-sdk';
 *
 * guardCxone({ HttpClient, CXoneAuth, LoadWorker, ACDSessionManager, AdminService });
 * ```
 */
export function guardCxone<S extends CxoneSdk>(sdk: S, configOrLine?: HoldlineConfig | Holdline): S {
  const { HttpClient } = (sdk ?? {}) as Partial<CxoneSdk>;
  // It is one, however often it is named.
  return guardSdk(sdk, (HttpClient && holdlineOf(HttpClient)) ?? configOrLine);
}

export { accessKey, password, refreshToken } from './grants.js';
export type { AccessKeyOptions, LoginOptions, PasswordOptions, RefreshTokenOptions } from './grants.js';
export { cxone } from './preset.js';
export type { CxoneSdk } from './sdk/sdk-parts.js';
