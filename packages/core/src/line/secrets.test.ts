import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHoldline, failed, GrantError, isHoldlineError, type EventName, type HoldlineConfig } from '../index.js';
import { setup, type Step } from './transport.fixture.js';

const TOKEN = 'TOKEN-0a1b2c3d';
const REFRESH = 'REFRESH-0a1b2c3d';
const CLIENT = 'CLIENT-SECRET-0a1b2c3d';
const BODY = 'BODY-0a1b2c3d';
const OWN = 'OWN-CREDENTIAL-0a1b2c3d';
const QUERY = 'QUERY-0a1b2c3d';
const COOKIE = 'COOKIE-0a1b2c3d';
const SECRETS = [TOKEN, REFRESH, CLIENT, BODY, OWN, QUERY, COOKIE];

const EVENTS: EventName[] = [
  'call',
  'attempt',
  'retry',
  'giveUp',
  'queued',
  'refused',
  'gateClosed',
  'gateOpened',
  'quotaLearned',
  'breaker',
  'tokenRefreshed',
  'tokenRefreshFailed',
  'keyRotated',
  'defect',
  'storeFailed',
  'listenerFailed',
];

/** All forms in which a logger may print a value. */
function everything(value: unknown): string {
  const error = value as Error;
  const parts = [
    inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity }),
    JSON.stringify(value) ?? '',
    String(error?.stack ?? ''),
  ];
  return parts.join('\n');
}

/** Makes an error as axios and fetch do, with the request, its headers and its body. */
function nativeError(message: string, more: object = {}): Error {
  return Object.assign(new Error(message), {
    config: { headers: { Authorization: `Bearer ${TOKEN}` }, data: BODY, auth: { password: CLIENT } },
    response: { status: 502, data: { echo: BODY, access_token: TOKEN }, headers: { 'set-cookie': COOKIE } },
    request: { path: `/a?access_token=${QUERY}` },
    ...more,
  });
}

const steps: Step[] = [
  200,
  401,
  404,
  500,
  504,
  { status: 429, headers: { 'retry-after': '1', 'set-cookie': COOKIE, 'x-echo': TOKEN } },
  { status: 429, headers: { 'retry-after': '100000' } },
  { status: 503, headers: { 'retry-after': '2' } },
  'reset',
  'refused',
  () => failed(nativeError(`Headers.set: "Bearer ${TOKEN}" is an invalid header value.`), 'unknown'),
  () =>
    failed(
      nativeError(`request to https://me:${CLIENT}@api.test/a?access_token=${QUERY} failed`, { code: 'ECONNRESET' }),
      'unknown',
    ),
  () => {
    throw nativeError(`{"refresh_token":"${REFRESH}"}`);
  },
];

const grants: (() => Promise<never>)[] = [
  () => Promise.resolve({ accessToken: TOKEN, refreshToken: REFRESH, expiresInMs: 50 } as never),
  () => Promise.resolve({ accessToken: TOKEN, refreshToken: REFRESH } as never),
  () => Promise.resolve({ accessToken: `${TOKEN}\n`, refreshToken: 7 } as never),
  () => Promise.resolve({ access_token: TOKEN } as never),
  () => Promise.resolve(TOKEN as never),
  () => Promise.resolve(undefined as never),
  () => Promise.reject(nativeError('Request failed with status code 400')),
  () => Promise.reject(nativeError(`POST https://login.test/token?client_secret=${CLIENT}`)),
  () => Promise.reject(new GrantError(`authorization: Basic ${CLIENT}`, { retryable: true })),
  () => Promise.reject(TOKEN as never),
];

const scenario = fc.record({
  script: fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 8 }),
  grant: fc.constantFrom(undefined, ...grants),
  more: fc.constantFrom<HoldlineConfig>(
    {},
    { governor: false },
    { governor: { quotas: [{ limit: 2, windowMs: 1_000 }], maxQueued: 2 } },
    { breaker: { minAttempts: 2 }, deadline: { totalTimeoutMs: 3_000 } },
    { idempotency: { always: true, rotateAfterMs: 1 } },
    {
      store: {
        journal: {
          get: () => Promise.reject(nativeError(`redis://me:${CLIENT}@host`)),
          put: () => Promise.reject(new Error(`token=${TOKEN}`)),
          delete: () => Promise.resolve(),
        },
      },
    },
  ),
});

describe('tokens, keys, client secrets and bodies', () => {
  it('never appear in events, errors, snapshots, explanations, exported state or the journal', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ script, grant, more }) => {
        const written: string[] = [];
        const it = setup(
          {
            retry: { jitter: 'none', baseDelayMs: 100, maxAttempts: 3 },
            ...more,
            ...(grant ? { token: { grant } } : {}),
          },
          script,
        );
        for (const name of EVENTS) it.line.on(name, (event) => void written.push(everything(event)));
        it.line.on('call', () => {
          throw nativeError(`secret=${CLIENT}`);
        });
        const asked = {
          url: `https://me:${CLIENT}@api.test/users/7?access_token=${QUERY}#${QUERY}`,
          headers: grant ? {} : { Authorization: `Bearer ${OWN}`, Cookie: COOKIE },
          payload: BODY,
        };
        const calls = [
          it.start(asked),
          it.start({ ...asked, method: 'POST' }),
          it.start({ ...asked, method: 'POST', context: { transaction: 't', step: 's' } }),
          it.start({ ...asked, method: 'POST', payload: `${BODY}2`, context: { transaction: 't', step: 's' } }),
          it.start({ ...asked, method: 'PUT', replayable: false }),
        ];
        const look = (): void => {
          written.push(everything(it.line.snapshot()), everything(it.line.exportState()));
          written.push(
            everything(it.line.explain({ method: 'POST', url: asked.url, headers: { Authorization: OWN } })),
          );
        };
        look();
        await it.clock.advance(1_500);
        calls.push(it.start({ ...asked, method: 'POST', context: { transaction: 't', step: 's' } }));
        await it.clock.run();
        look();
        for (const { error } of calls) if (isHoldlineError(error)) written.push(everything(error));
        await it.line.close();
        const closed = it.start(asked);
        await it.clock.run();
        written.push(everything(closed.error));
        const text = written.join('\n');
        for (const secret of SECRETS) expect(text).not.toContain(secret);
        expect(calls.every(({ at }) => at !== undefined)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('do not appear in a logged line', async () => {
    const it = setup({ token: { grant: () => Promise.resolve({ accessToken: TOKEN, refreshToken: REFRESH }) } });
    await it.run({ payload: BODY });
    const text = everything(it.line);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  });

  it('do not appear in a ConfigError about a key for secrets', () => {
    for (const config of [
      { token: TOKEN },
      { token: { grant: CLIENT } },
      { token: { grant: () => 1, refreshToken: REFRESH } },
      CLIENT,
      [TOKEN],
    ]) {
      try {
        createHoldline(config as HoldlineConfig);
        expect.unreachable();
      } catch (error) {
        for (const secret of SECRETS) expect(everything(error)).not.toContain(secret);
      }
    }
  });
});
