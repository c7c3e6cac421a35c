import twilio from 'twilio';
import { describe, expect, it, vi } from 'vitest';
import { createHoldline, holdlineOf, memoryStore, release, withCall } from '@holdline/core';
import { settle, VirtualClock } from '@holdline/core/testing';
import { guardTwilio } from './guard.js';
import { ACCOUNT, makeClient, OTHER_ACCOUNT, startTwilio, TASKS, tasksOf } from './simulated-client.fixture.js';
import { twilioPlatform } from './preset.js';
import type { SdkRequestClient } from './types.js';

/** Waits that a test need not feel. */
const QUICK = { retry: { backoff: () => 1 }, governor: { defaultRetryAfterMs: 1 } };

describe('guardTwilio', () => {
  it('sends each page of a list as a call of its own, and repeats a refused page', async () => {
    const simulator = await startTwilio();
    const client = makeClient(simulator);
    for (let made = 0; made < 5; made++) await tasksOf(client).create({ attributes: '{}' });
    guardTwilio(client, QUICK);
    const routes: string[] = [];
    holdlineOf(client)?.on('call', ({ route }) => void routes.push(route));
    simulator.script(`GET ${TASKS}`, ['pass', { status: 429 }]);
    const found = await tasksOf(client).list({ pageSize: 2 });
    expect(new Set(found.map(({ sid }) => sid)).size).toBe(5);
    expect(routes).toHaveLength(3);
    expect(simulator.stats().byStatus[429]).toBe(1);
  });

  it('repeats a write that Twilio refused with code 20429, and executes it once', async () => {
    const simulator = await startTwilio();
    const client = guardTwilio(makeClient(simulator), QUICK);
    simulator.script(`POST ${TASKS}`, [{ status: 429 }]);
    await tasksOf(client).create({ attributes: '{}' });
    expect(simulator.stats()).toMatchObject({ requests: 2, executedWrites: 1 });
  });

  it('gives each of two identical reads its own data, and tells pages apart', async () => {
    const simulator = await startTwilio();
    const client = makeClient(simulator);
    for (let made = 0; made < 3; made++) await tasksOf(client).create({ attributes: '{}' });
    guardTwilio(client, { ...QUICK, endpoints: { 'GET /**': { coalesce: true, cache: { ttlMs: 60_000 } } } });
    const before = simulator.stats().requests;
    const read = async (pageSize: number): Promise<unknown[]> => (await tasksOf(client).page({ pageSize })).instances;
    const [one, two, other] = await Promise.all([read(1), read(1), read(2)]);
    one.pop();
    expect([two.length, other.length, (await read(1)).length]).toEqual([1, 2, 1]);
    expect(simulator.stats().requests - before).toBe(2);
  });

  it('avoids refusals of concurrent requests with a bulkhead', async () => {
    const simulator = await startTwilio({ maxConcurrent: 2, serviceMs: 5 });
    const client = guardTwilio(makeClient(simulator), { bulkhead: { maxConcurrent: 2 } });
    const create = (): Promise<unknown> => tasksOf(client).create({ attributes: '{}' });
    await Promise.all(Array.from({ length: 10 }, create));
    expect(simulator.stats()).toMatchObject({ executedWrites: 10, refused: 0 });
  });

  it('keeps the limit of Flex interactions', async () => {
    const simulator = await startTwilio();
    const client = guardTwilio(makeClient(simulator));
    const create = (number: number): Promise<unknown> =>
      client.flexApi.v1.interaction.create({ channel: { type: 'sms', number } });
    await Promise.all(Array.from({ length: 30 }, (_, number) => create(number)));
    const { executedWrites, duplicateWrites, refused } = simulator.stats();
    expect({ executedWrites, duplicateWrites }).toEqual({ executedWrites: 30, duplicateWrites: 0 });
    // The line tries once whether the platform counts in fixed windows.
    expect(refused).toBeLessThanOrEqual(1);
  });

  it('sets autoRetry aside, so that each request is an attempt of the line', async () => {
    const simulator = await startTwilio();
    const client = guardTwilio(makeClient(simulator, { autoRetry: true, maxRetryDelay: 1 }), {
      ...QUICK,
      retry: { maxAttempts: 3, backoff: () => 1 },
    });
    let attempts = 0;
    holdlineOf(client)?.on('attemptStarted', () => void attempts++);
    simulator.script(`GET ${TASKS}`, Array(10).fill({ status: 429 }));
    await expect(tasksOf(client).list({ limit: 1 })).rejects.toMatchObject({ status: 429, code: 20_429 });
    expect([attempts, simulator.stats().requests]).toEqual([3, 3]);
  });

  it('counts the keys of an account together, and other accounts apart', async () => {
    const simulator = await startTwilio({ tokens: { tenants: { SK1: ACCOUNT } } });
    const clock = new VirtualClock();
    const line = createHoldline({
      clock,
      governor: { quotas: [{ limit: 1, windowMs: 60_000, enforcement: 'sliding' }] },
    });
    const clients = [
      makeClient(simulator),
      makeClient(simulator, { username: OTHER_ACCOUNT }),
      makeClient(simulator, { username: 'SK1', accountSid: ACCOUNT }),
    ].map((client) => guardTwilio(client, line));
    const listings = clients.map((client) => tasksOf(client).list({ limit: 1 }));
    await Promise.all(listings.slice(0, 2));
    expect(simulator.wire().map(({ token }) => token)).toEqual([ACCOUNT, OTHER_ACCOUNT]);
    await clock.advance(60_000);
    await listings[2];
    expect(simulator.wire().map(({ token }) => token)).toEqual([ACCOUNT, OTHER_ACCOUNT, 'SK1']);
    await line.close();
  });

  it('signs each attempt of an OAuth client with a token that is valid then', async () => {
    const simulator = await startTwilio({ tokens: { tenants: { OQ1: ACCOUNT } } });
    const provider = makeClient(simulator);
    const client = makeClient(simulator);
    let requested = 0;
    const fetchToken = async (): Promise<string> => {
      requested++;
      const token = { grantType: 'client_credentials', clientId: 'OQ1', clientSecret: 'secret' };
      const { accessToken } = await provider.oauth.v2.token.create(token);
      return accessToken;
    };
    const builder = new twilio.ClientCredentialProviderBuilder().setTokenManager({ fetchToken } as never);
    client.setCredentialProvider(builder.setClientId('OQ1').build());
    guardTwilio(client, QUICK);
    simulator.script(`POST ${TASKS}`, [{ status: 429, revoke: true }]);
    const { accountSid } = await tasksOf(client).create({ attributes: '{}' });
    expect(accountSid).toBe(ACCOUNT);
    expect(requested).toBe(2);
  });

  it.each([
    ['repeats a call whose token could not be requested', 503, 2],
    ['gives the error of the SDK to the caller if the token is refused', 401, 1],
  ])('%s', async (_what, status, tries) => {
    const simulator = await startTwilio();
    const client = makeClient(simulator);
    let requested = 0;
    const fetchToken = (): Promise<string> => {
      requested++;
      return Promise.reject(new Error(`Error Status Code: ${status}\nFailed to fetch access token: refused`));
    };
    const builder = new twilio.ClientCredentialProviderBuilder().setTokenManager({ fetchToken } as never);
    client.setCredentialProvider(builder.build());
    guardTwilio(client, { retry: { maxAttempts: 2, backoff: () => 1 } });
    await expect(tasksOf(client).create({ attributes: '{}' })).rejects.toThrow(`Error Status Code: ${status}`);
    expect([requested, simulator.stats().requests]).toEqual([tries, 0]);
  });

  it('replays a dead letter byte for byte, with the credential of its own account', async () => {
    const simulator = await startTwilio();
    const line = createHoldline({
      ...twilioPlatform({ ...QUICK, retry: { maxAttempts: 1 } }),
      store: memoryStore(),
      deadLetters: { key: new Uint8Array(32).fill(7) },
    });
    const [first, second] = [ACCOUNT, OTHER_ACCOUNT].map((username) =>
      guardTwilio(makeClient(simulator, { username }), line),
    );
    simulator.script(`POST ${TASKS}`, [{ status: 503, headers: { 'Retry-After': '0' } }]);
    const attributes = '{"text": "ä & b=c +1", "list": [1]}';
    await expect(tasksOf(second as never).create({ attributes, priority: 0 })).rejects.toThrow();
    const failed = simulator.wire().at(-1);
    const { letters } = await line.deadLetters.list();
    const [letter] = letters;
    expect(letter).toMatchObject({ method: 'POST' });
    expect(JSON.stringify(letter)).not.toContain('secret');
    simulator.resetStats();
    await tasksOf(first as never).create({ attributes: '{}' });
    await line.deadLetters.replay();
    const replayed = simulator.wire().at(-1);
    expect(replayed).toMatchObject({ token: OTHER_ACCOUNT, bodyHash: failed?.bodyHash, executed: true });
    await line.close();
  });

  it('frees the caller at the deadline, also if a request client of the user ignores the signal', async () => {
    const clock = new VirtualClock();
    let given: AbortSignal | undefined;
    const httpClient = {
      request: ({ signal }: { signal?: AbortSignal }) => {
        given = signal;
        return new Promise<never>(() => undefined);
      },
    };
    const client = guardTwilio(twilio(ACCOUNT, 'secret', { httpClient: httpClient as never }), {
      clock,
      deadline: { totalTimeoutMs: 1_000 },
    });
    const ended = expect(tasksOf(client).list({ limit: 1 })).rejects.toMatchObject({ code: 'HOLDLINE_DEADLINE' });
    await settle();
    await clock.advance(1_000);
    await ended;
    expect(given?.aborted).toBe(true);
  });

  it('ends a call with the signal of withCall, and closes its connection', async () => {
    const simulator = await startTwilio({ serviceMs: 60_000 });
    const client = guardTwilio(makeClient(simulator));
    const controller = new AbortController();
    const reason = new Error('the agent hung up');
    const listing = withCall({ signal: controller.signal }, () => tasksOf(client).list({ limit: 1 }));
    const ended = new Promise<string>((resolve) => simulator.onRequest(({ outcome }) => resolve(outcome)));
    await vi.waitUntil(() => simulator.wire().length === 1);
    controller.abort(reason);
    await expect(listing).rejects.toBe(reason);
    expect(await ended).toBe('aborted');
  });

  it('is guarded with its own request client, which other clients may share', async () => {
    const simulator = await startTwilio();
    class OwnRequestClient extends twilio.RequestClient {
      #calls = 0;
      override request<T>(options: never): Promise<T> {
        this.#calls++;
        return super.request(options) as Promise<T>;
      }
      get calls(): number {
        return this.#calls;
      }
      count(): number {
        return this.#calls;
      }
    }
    const httpClient = new OwnRequestClient({ keepAlive: false });
    const guarded = guardTwilio(makeClient(simulator, { httpClient }));
    const free = makeClient(simulator, { httpClient });
    let attempts = 0;
    holdlineOf(guarded)?.on('attemptStarted', () => void attempts++);
    await tasksOf(guarded).list({ limit: 1 });
    await tasksOf(free).list({ limit: 1 });
    const seen = guarded.httpClient as OwnRequestClient;
    expect([attempts, httpClient.calls, seen.calls, seen.count()]).toEqual([1, 2, 2, 2]);
    expect(seen).toBeInstanceOf(OwnRequestClient);
    expect(free.httpClient).toBe(httpClient);
    release(guarded);
    expect(guarded.httpClient).toBe(httpClient);
    expect(Object.hasOwn(guarded, 'httpClient')).toBe(false);
  });

  it('leaves lastRequest, lastResponse and the axios instance of the SDK in reach', async () => {
    const simulator = await startTwilio();
    const client = guardTwilio(makeClient(simulator));
    const requests: unknown[] = [];
    const http = client.httpClient as unknown as SdkRequestClient & {
      axios: { interceptors: { request: { use(fn: (config: unknown) => unknown): void } } };
    };
    http.axios.interceptors.request.use((config) => (requests.push(config), config));
    await tasksOf(client).list({ limit: 1 });
    expect(requests).toHaveLength(1);
    expect(http.lastResponse).toMatchObject({ statusCode: 200 });
    release(client);
    expect((client.httpClient as unknown as SdkRequestClient).lastResponse).toBe(http.lastResponse);
  });

  it('makes no request client before the SDK needs one', () => {
    const client = twilio(ACCOUNT, 'secret');
    release(guardTwilio(client));
    expect((client as unknown as { _httpClient?: object })._httpClient).toBeUndefined();
  });

  it.each([[{}], [{ request: () => undefined }], [twilio]])('refuses %o', (client) => {
    expect(() => guardTwilio(client as never)).toThrow('must be a client of the twilio package');
  });
});
