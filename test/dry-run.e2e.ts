import { guardAxios } from '@holdline/axios';
import {
  createHoldline,
  type HoldlineConfig,
  type HoldlineEvents,
  holdlineOf,
  isHoldlineError,
  release,
} from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { clientCredentials, guardGenesys } from '@holdline/genesys';
import axios from 'axios';
import { expect, onTestFinished, test } from 'vitest';
import {
  catchFailure,
  countOutcomes,
  createBareClient,
  expectQuiet,
  loadSdk,
  serve,
  simulate,
  times,
} from './support.js';

const ME = 'GET /api/v2/users/me';
const PATH = '/api/v2/users/me';
const dry: HoldlineConfig = {
  dryRun: true,
  governor: { quotas: [{ limit: 3, windowMs: 60_000, enforcement: 'sliding' }], gateJitterMs: 0 },
};

/** Makes a line, and records its decisions. */
function createDryLine(config: HoldlineConfig): {
  line: ReturnType<typeof createHoldline>;
  told: HoldlineEvents['dryRun'][];
} {
  const line = createHoldline(config);
  const told: HoldlineEvents['dryRun'][] = [];
  line.on('dryRun', (decision) => void told.push(decision));
  return { line, told };
}

test('axios: ten calls at once arrive at once, although the quota allows three a minute', async () => {
  const simulator = await simulate();
  const grant = clientCredentials({ clientId: 'id', clientSecret: 'secret', loginUrl: simulator.url });
  const { line, told } = createDryLine({ ...dry, token: { grant } });
  const api = guardAxios(axios.create({ baseURL: simulator.url }), line);
  onTestFinished(() => release(api));
  const results = await Promise.allSettled(times(10, () => api.get(PATH)));
  expect(countOutcomes(results)).toEqual({ ok: 10 });
  expect(simulator.stats().requests).toBe(10);
  expect(told.map(({ policy, action }) => `${policy} ${action}`)).toEqual(times(7, () => 'governor wait'));
  for (const { forMs } of told) expect(forMs).toBeGreaterThan(50_000);
  expect(line.snapshot()).toMatchObject({ calls: 0, queued: 7, dryRun: { wait: 7 } });
  // Neither waits for the shadows, which would take minutes.
  await line.drain();
  await line.close();
  expectQuiet(line);
});

test('axios: answers 429, 401 and 503 reach the caller, and nothing is sent twice', async () => {
  const simulator = await simulate();
  const grant = clientCredentials({ clientId: 'id', clientSecret: 'secret', loginUrl: simulator.url });
  const { line, told } = createDryLine({ ...dry, governor: { gateJitterMs: 0 }, token: { grant } });
  const api = guardAxios(axios.create({ baseURL: simulator.url }), line);
  onTestFinished(() => release(api));
  simulator.script(ME, [
    { status: 503 },
    { status: 401, revoke: true },
    { status: 429, headers: { 'retry-after': '100' } },
  ]);
  const statuses: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    const result = await api.get(PATH).catch((error: unknown) => error);
    statuses.push(axios.isAxiosError(result) ? result.response?.status : (result as { status: number }).status);
  }
  expect(statuses).toEqual([503, 401, 429, 200]);
  expect(simulator.stats().requests).toBe(4);
  // The line renewed the token for the calls after the 401.
  expect(simulator.stats().tokenRequests).toBe(2);
  expect(told.map(({ policy, action }) => `${policy} ${action}`)).toEqual([
    'retry retry',
    'authorize replay',
    'retry retry',
    'governor wait',
  ]);
  await line.close();
});

test('fetch: a write whose answer is lost is sent once, and rejects with the native error', async () => {
  let requests = 0;
  const { url } = await serve((request) => {
    requests++;
    request.socket.destroy();
  });
  const { line, told } = createDryLine({ dryRun: true });
  const error = await catchFailure(guardFetch(fetch, { line })(`${url}/orders`, { method: 'POST', body: '{}' }));
  expect([isHoldlineError(error), error]).toEqual([false, expect.any(TypeError)]);
  expect(requests).toBe(1);
  expect(told).toMatchObject([{ policy: 'retry', action: 'fail', error: 'HOLDLINE_OUTCOME_UNKNOWN' }]);
  await line.close();
});

test('fetch: a slow answer is not cut off by a time limit', async () => {
  const { url } = await serve((_, response) => void setTimeout(() => response.end('late'), 400));
  const deadline = { totalTimeoutMs: 50, attemptTimeoutMs: 100 };
  const { line, told } = createDryLine({ dryRun: true, deadline });
  const response = await guardFetch(fetch, { line })(`${url}/slow`);
  expect(await response.text()).toBe('late');
  expect(told).toMatchObject([{ policy: 'deadline', action: 'time out', error: 'HOLDLINE_DEADLINE', forMs: 50 }]);
  await line.close();
});

test('the Genesys SDK sends the same requests at once, byte for byte, as without Holdline', async () => {
  const seen: string[] = [];
  const { url } = await serve((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      seen.push([request.method, request.url, ...request.rawHeaders, body].join('\n'));
      const status = request.url?.includes('queues') ? 429 : request.url?.includes('presence') ? 503 : 200;
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '60' }).end('{}');
    });
  });
  const sdk = loadSdk();
  const requestsOf = async (config?: HoldlineConfig): Promise<string[]> => {
    const client = createBareClient({ url });
    client.setAccessToken('token');
    if (config) {
      guardGenesys(client, config);
      onTestFinished(() => release(client));
    }
    seen.length = 0;
    const [users, routing] = [new sdk.UsersApi(client), new sdk.RoutingApi(client)];
    await Promise.all(times(3, () => users.getUsersMe()));
    for (let i = 0; i < 3; i++) await routing.deleteRoutingQueue('q').catch(() => undefined);
    if (config) expect(holdlineOf(client)?.snapshot().dryRun).toMatchObject({ wait: 5 });
    return [...seen];
  };
  const bare = await requestsOf();
  expect(bare).toHaveLength(6);
  expect(await requestsOf({ ...dry, governor: { quotas: [{ limit: 1, windowMs: 60_000 }] } })).toEqual(bare);
});
