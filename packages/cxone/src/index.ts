import {
  ConfigError,
  defineAdapter,
  holdlineOf,
  isGuarded,
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

/** The configuration that the user gave for an `HttpClient`, until the SDK is attached. */
const givenConfigs = new WeakMap<object, unknown>();

const guardSdk = defineAdapter<CxoneSdk>({
  name: 'guardCxone',
  // `token.current` reads the SDK's token, also when the configuration has its own grant.
  configure: (sdk, given) => {
    const { HttpClient, CXoneAuth } = checkSdk(sdk);
    givenConfigs.set(HttpClient, given);
    return mergeConfig({ ...cxone(), ...(CXoneAuth && { token: sdkTokenOptions(CXoneAuth) }) }, given);
  },
  attach(sdk, line) {
    if (typeof globalThis.fetch !== 'function') throw new ConfigError('guardCxone needs a global fetch');
    return attachHttpClient(checkSdk(sdk), line);
  },
});

/** Attaches the SDK by its `HttpClient`, so that `holdlineOf` and `release` accept the `HttpClient` too. */
function attachHttpClient(sdk: SdkParts, line: Holdline): Undo {
  const { HttpClient } = sdk;
  defineAdapter<HttpClientLike>({ name: 'guardCxone', attach: () => attachSdk(sdk, line) })(
    HttpClient,
    line,
    givenConfigs.get(HttpClient) ?? line,
  );
  givenConfigs.delete(HttpClient);
  return () => release(HttpClient);
}

/**
 * Guards the NICE CXone agent SDK. The line paces, retries and re-authorises all its requests, also those of its workers. Refusals of
 * one tenant do not block another tenant. Without a configuration the preset {@link cxone} applies.
 *
 * The guard replaces the global `fetch` for requests to the origins of the SDK only. The SDK's circuit breaker is off meanwhile. Works
 * with `@nice-devone/*` 25. Imports none of it: pass the classes of your bundle.
 *
 * The token is that of `CXoneAuth`, if given. To renew it the line uses `token.grant` of the configuration, else the SDK's own
 * refresh. A request with another user's token is sent unchanged, with its own quotas, gates and circuits.
 *
 * @param sdk - The parts of the SDK.
 * @param configOrLine - A configuration, merged over the preset, or an existing line. A line stays as it is, so make it from `cxone()`.
 * @returns the same object.
 * @throws ConfigError if the configuration is wrong, a part of the SDK is wrong, or there is no global `fetch`.
 * @example
 * ```ts
 * import { guardCxone } from '@holdline/cxone';
 * import { ACDSessionManager, AdminService, HttpClient, LoadWorker } from '@nice-devone/core-sdk';
 * import { CXoneAuth } from '@nice-devone/auth-sdk';
 *
 * guardCxone({ HttpClient, CXoneAuth, LoadWorker, ACDSessionManager, AdminService });
 * ```
 * @public
 */
export function guardCxone<S extends CxoneSdk>(sdk: S, configOrLine?: HoldlineConfig | Holdline): S {
  const { HttpClient } = (sdk ?? {}) as Partial<CxoneSdk>;
  // A second guard of the same HttpClient uses the line of the first.
  const known = HttpClient && isGuarded('guardCxone', HttpClient, configOrLine) && holdlineOf(HttpClient);
  return guardSdk(sdk, known || configOrLine);
}

export { agentStates } from './agent-states/agent-states.js';
export type { AgentStatesOptions } from './agent-states/options.js';
export type { AgentState, AgentStateChange, AgentStates, AgentStatesEvents } from './agent-states/types.js';
export { cxoneCache, type CxoneCacheOptions } from './cache-preset.js';
export { accessKey, password, refreshToken } from './grants.js';
export type { AccessKeyOptions, LoginOptions, PasswordOptions, RefreshTokenOptions } from './grants.js';
export { cxone } from './preset.js';
export type { CxoneSdk } from './sdk/sdk-parts.js';
