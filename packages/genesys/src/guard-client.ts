import { ConfigError, defineAdapter, mergeConfig, type HoldlineConfig } from '@holdline/core';
import { attachClient } from './attach/attach-client.js';
import { genesysCloud } from './preset.js';
import type { ApiClientLike } from './sdk/api-client.js';
import { sdkTokenOptions } from './sdk/token-renewal.js';

/** The preset under what the user gave, and the SDK's own token where no grant is given. */
export function configure(clientOf: () => ApiClientLike | undefined, given: HoldlineConfig): HoldlineConfig {
  // Whoever logs in through the SDK, or sets a token there, is heard also where the configuration has a grant.
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
