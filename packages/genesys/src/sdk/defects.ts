import type { Holdline } from '@holdline/core';
import type { ApiClientLike } from './api-client.js';

const CLIENT = 'purecloud-platform-client-v2';

/** Reports the defects of the SDK that the line works around, measured on versions 150 to 262. */
export function reportDefects(client: ApiClientLike, line: Holdline): void {
  const internals = client as unknown as {
    _handleExpiredAccessToken?: unknown;
    config: { refresh_token_wait_max?: unknown };
  };
  if (line.managesToken && typeof internals._handleExpiredAccessToken === 'function') {
    line.reportDefect({
      client: CLIENT,
      defect: 'on a 401 the SDK rejects the caller, refreshes, and repeats the request in the background',
      remedy: 'the line handles the 401 below the SDK; config.refresh_access_token is off while guarded',
    });
  }
  if (line.managesToken && internals.config.refresh_token_wait_max === 10) {
    line.reportDefect({
      client: CLIENT,
      defect: 'calls wait 10 ms instead of 10 s for a refresh',
      remedy: 'one refresh serves all callers, and none gets a 401',
    });
  }
  line.reportDefect({
    client: CLIENT,
    defect: 'the SDK never retries, and rejects a 429 with the body only, without status and Retry-After',
    remedy: 'the line waits and retries below the SDK; callInfo(error) has status and headers',
  });
}
