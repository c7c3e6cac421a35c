import type { Holdline } from '@holdline/core';
import type { SdkParts } from './sdk-parts.js';

const CLIENT = '@nice-devone/core-sdk';

/** Reports the defects of the SDK that the line works around, measured on version 25.1.2. */
export function reportDefects({ CXoneAuth, LoadWorker }: SdkParts, line: Holdline): void {
  line.reportDefect({
    client: CLIENT,
    defect: 'the SDK never retries, and rejects 429, 503 and network errors alike, without status and Retry-After',
    remedy: 'the line waits and retries below the SDK; callInfo(error) has status and headers',
  });
  line.reportDefect({
    client: CLIENT,
    defect: 'one circuit breaker for all hosts and tenants opens for 10 s at 20 % of refusals',
    remedy: 'the breaker is off while guarded; the line has circuits by host, route and credential',
  });
  line.reportDefect({
    client: CLIENT,
    defect: 'a request never settles if the body of its answer breaks',
    remedy: 'the request rejects with the failure of the body',
  });
  if (LoadWorker) {
    line.reportDefect({
      client: CLIENT,
      defect: 'workers send requests that no wrapper of the page sees',
      remedy: 'new workers ask the page before each request',
    });
  }
  if (CXoneAuth && line.managesToken) {
    line.reportDefect({
      client: CLIENT,
      defect: 'callers that wait for a token renewal do not learn of its failure',
      remedy: 'the line compares the tokens, and callers get a TokenRefreshError',
    });
    line.reportDefect({
      client: CLIENT,
      defect: 'a token with a lifetime of ten minutes or less is renewed without pause',
      remedy: 'such a token is renewed after nine tenths of its lifetime',
    });
  }
}
