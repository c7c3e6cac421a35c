import type { Holdline } from '@holdline/core';
import type { SdkParts } from './sdk-parts.js';

const CLIENT = '@nice-devone/core-sdk';

/** Tells, once, which defects of the SDK the line works round. All measured on version 25.1.2. */
export function reportDefects({ CXoneAuth, LoadWorker }: SdkParts, line: Holdline): void {
  line.reportDefect({
    client: CLIENT,
    defect: 'the SDK never retries, and rejects 429, 503 and a network failure alike: no status, no Retry-After',
    remedy: 'refusals are waited out and retried below the SDK, and callInfo(error) has status and headers',
  });
  line.reportDefect({
    client: CLIENT,
    defect: 'one circuit breaker for all hosts and tenants opens at 20 % of refusals, for ten seconds',
    remedy: 'it is off while guarded; the line keeps circuits by host, route and credential',
  });
  if (LoadWorker) {
    line.reportDefect({
      client: CLIENT,
      defect: 'its workers send requests that no wrapper of the page sees',
      remedy: 'workers made from now on ask the page before each request',
    });
  }
  if (CXoneAuth && line.managesToken) {
    line.reportDefect({
      client: CLIENT,
      defect: 'a renewal of the token that fails is told to nobody who waits for it',
      remedy: 'the token before and after is compared, and callers get a TokenRefreshError',
    });
    line.reportDefect({
      client: CLIENT,
      defect: 'a token that lives for ten minutes or less is renewed all the time',
      remedy: 'such a token is renewed after nine tenths of its life',
    });
  }
}
