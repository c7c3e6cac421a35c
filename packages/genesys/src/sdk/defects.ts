import type { Holdline } from '@holdline/core';
import type { ApiClientLike } from './api-client.js';

const CLIENT = 'purecloud-platform-client-v2';

/** Tells, once, which defects of this SDK the line works round. All measured on versions 150 to 262. */
export function reportDefects(client: ApiClientLike, line: Holdline): void {
  const internals = client as unknown as {
    _handleExpiredAccessToken?: unknown;
    config: { refresh_token_wait_max?: unknown };
  };
  if (line.managesToken && typeof internals._handleExpiredAccessToken === 'function') {
    line.reportDefect({
      client: CLIENT,
      defect: 'on a 401 the SDK rejects the caller, refreshes, and re-sends the request in the background',
      remedy: 'the 401 is answered below the SDK, and config.refresh_access_token is off while guarded',
    });
  }
  if (line.managesToken && internals.config.refresh_token_wait_max === 10) {
    line.reportDefect({
      client: CLIENT,
      defect: 'callers that wait for a refresh are given 10 ms instead of 10 s',
      remedy: 'one refresh serves all callers, and none of them sees a 401',
    });
  }
  line.reportDefect({
    client: CLIENT,
    defect: 'the SDK never retries, and rejects a 429 with its body only: no status, no Retry-After',
    remedy: 'refusals are waited out and retried below the SDK, and callInfo(error) has status and headers',
  });
}
