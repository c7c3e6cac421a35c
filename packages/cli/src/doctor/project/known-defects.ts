import type { Severity } from '../finding.js';
import type { Range } from './version.js';

/** A known defect of a package, in the versions on which it was measured or read. */
export interface KnownDefect {
  readonly package: string;
  readonly versions: Range;
  readonly severity: Severity;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  readonly source: string;
  /** Package of Holdline that works around the defect. If the project has it, the finding is information. */
  readonly remedy: string | undefined;
}

const GENESYS = 'purecloud-platform-client-v2';
const STREAMING = 'genesys-cloud-streaming-client';
const NICE = '@nice-devone/core-sdk';
const MEASURED_GENESYS = { from: '150', to: '262' };
const MEASURED_STREAMING = { from: '17.2.7', to: '19.4.1' };
const MEASURED_NICE = { from: '25.1.2', to: '25.1.2' };

const guardGenesys = 'Guard the client: guardGenesys(platformClient.ApiClient.instance) of @holdline/genesys.';
const guardCxone = 'Guard the SDK: guardCxone({ HttpClient, CXoneAuth, LoadWorker }) of @holdline/cxone.';
const guardStreaming = 'Guard the client: guardStreaming(client) of @holdline/genesys-streaming.';

const runs = (versions: string): string =>
  `runs against a local server, ${/ /.test(versions) ? 'versions' : 'version'} ${versions}`;
const genesysSource = `@holdline/genesys, src/sdk/defects.ts; ${runs('150 to 262')}`;
const streamingSource = `@holdline/genesys-streaming, src/defects.ts; ${runs('17.2.7 and 19.4.1')}`;
const niceSource = `@holdline/cxone, src/sdk/defects.ts; ${runs('25.1.2')}`;

const genesys = (defect: Pick<KnownDefect, 'severity' | 'what' | 'why'> & Partial<KnownDefect>): KnownDefect => ({
  package: GENESYS,
  versions: MEASURED_GENESYS,
  fix: guardGenesys,
  source: genesysSource,
  remedy: '@holdline/genesys',
  ...defect,
});
const streaming = (what: string, why: string, fix = guardStreaming): KnownDefect => ({
  package: STREAMING,
  versions: MEASURED_STREAMING,
  severity: 'warning',
  what,
  why,
  fix,
  source: streamingSource,
  remedy: '@holdline/genesys-streaming',
});
const nice = (what: string, why: string, severity: Severity = 'warning'): KnownDefect => ({
  package: NICE,
  versions: MEASURED_NICE,
  severity,
  what,
  why,
  fix: guardCxone,
  source: niceSource,
  remedy: '@holdline/cxone',
});

/** Every fact was measured or read in the source of the named versions. Other versions are not judged. */
export const KNOWN_DEFECTS: readonly KnownDefect[] = [
  genesys({
    severity: 'error',
    what: 'On a 401 with a refresh token, the SDK rejects the caller, refreshes, and repeats the request in the background.',
    why: 'A caller that tries again then sends a write twice.',
  }),
  genesys({
    severity: 'warning',
    what: 'The SDK never retries, and rejects a 429 with the body only, without status and Retry-After.',
    why: 'The caller cannot see how long to wait.',
  }),
  genesys({
    severity: 'warning',
    what: 'Calls wait 10 ms instead of 10 s for a refresh of the token.',
    why: 'Of several calls at the end of a token, only one refreshes, and the others fail.',
  }),
  genesys({
    severity: 'warning',
    what: 'After a login with client credentials, the SDK never renews the token.',
    why: 'Every call fails with 401 when the token has expired.',
    source: 'runs against a local server, version 262',
  }),
  genesys({
    severity: 'info',
    versions: { from: '262', to: '262' },
    what: 'ApiClient.timeout has no effect after the first request.',
    why: 'The HTTP client keeps the timeout that it was made with, 16 s by default.',
    fix: 'Set client.timeout before the first call, or use client.getHttpClient().setTimeout(). In Holdline: deadline.attemptTimeoutMs.',
    source: 'runs against a local server, version 262',
    remedy: undefined,
  }),
  genesys({
    severity: 'info',
    versions: { from: '219', to: '262' },
    what: 'setPreHook and setPostHook remove interceptors of the global axios, and a second call runs the first hook again.',
    why: 'An interceptor of your own may disappear. No hook sees a 429, because the post-hook does not run on errors.',
    fix: 'Do not use the hooks. Interceptors of your own axios instances are safe.',
    source: 'runs against a local server, versions 219 to 262',
    remedy: undefined,
  }),
  genesys({
    severity: 'warning',
    versions: { from: '0', to: '207' },
    what: 'This version has no HTTP client that can be guarded.',
    why: '@holdline/genesys works with version 212 and later.',
    fix: 'Update purecloud-platform-client-v2 to 212 or later.',
    source: '@holdline/genesys, README; old releases unpacked and run, 34 to 262',
    remedy: undefined,
  }),
  nice(
    'The SDK never retries, and rejects 429, 503 and network errors alike, without status and Retry-After.',
    'The caller cannot tell a full quota from a lost network.',
  ),
  nice(
    'One circuit breaker for all hosts and tenants opens for 10 s at 20 % of refusals.',
    'A throttled tenant stops the calls of all others.',
    'error',
  ),
  nice('A request never settles if the body of its answer breaks.', 'The caller waits for ever.'),
  nice(
    'Workers of the SDK send requests that no wrapper of the page sees.',
    'Their requests spend the quota unnoticed: get-next-event, agent and directory polling.',
  ),
  {
    ...nice(
      'A token with a lifetime of ten minutes or less is renewed without pause.',
      'The renewals flood the token endpoint.',
    ),
    package: '@nice-devone/auth-sdk',
  },
  {
    ...nice(
      'The SDK keeps the access token in localStorage, under auth_token.',
      'Every script of the same origin can read it.',
      'info',
    ),
    package: '@nice-devone/auth-sdk',
    fix: 'A strict Content-Security-Policy keeps foreign scripts out of the page.',
    source: 'docs/guides/security.md of Holdline; runs in Chromium, version 25.1.2',
    remedy: undefined,
  },
  streaming(
    'Refused clients come back together, because the back-off has no jitter.',
    'Twenty clients that were refused repeated their upgrades within 30 ms of each other.',
  ),
  streaming(
    'The Retry-After of an HTTP request is added to the back-off of the connection.',
    'A client waits longer than the platform asks for.',
  ),
  streaming('After a failed or cancelled connect() the next one does nothing.', 'The client stays offline.'),
  streaming(
    'An invalid token ends the connection permanently.',
    'The client stays offline, also with keepTryingOnFailure.',
  ),
];
