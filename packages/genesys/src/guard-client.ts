import { ConfigError, defineAdapter, mergeConfig, type HoldlineConfig } from '@holdline/core';
import { attachClient } from './attach/attach-client.js';
import { genesysCloud } from './preset.js';
import type { ApiClientLike } from './sdk/api-client.js';
import { sdkTokenOptions } from './sdk/token-renewal.js';

/** The preset, the SDK's token as default of `token`, and the user's configuration over both. */
export function configure(clientOf: () => ApiClientLike | undefined, given: HoldlineConfig): HoldlineConfig {
  // `token.current` reads the SDK's token, also when the configuration has its own grant.
  return mergeConfig({ ...genesysCloud(), token: sdkTokenOptions(clientOf) }, given);
}

export const guardClient = defineAdapter<ApiClientLike>({
  name: 'guardGenesys',
  configure: (client, given) => configure(() => client, given),
  attach(client, line) {
    if (typeof client.getHttpClient !== 'function' || typeof client.callApi !== 'function') {
      throw new ConfigError(
        'the first argument of guardGenesys must be an ApiClient of purecloud-platform-client-v2, version 212 or later',
      );
    }
    return attachClient(client, line);
  },
});
