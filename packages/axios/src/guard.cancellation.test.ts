import type { Readable } from 'node:stream';
import type { AxiosInstance, AxiosRequestConfig } from 'axios';
import {
  callInfo,
  createHoldline,
  isHoldlineError,
  release,
  withCall,
  type Holdline,
  type HoldlineConfig,
  type Snapshot,
} from '@holdline/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { guardAxios } from './guard.js';
import {
  hideAxiosClass,
  AXIOS_COPIES,
  sleep,
  captureRejection,
  startServer,
  cleanUpAfterTests,
  until,
  type TestServer,
} from './server.fixture.js';

cleanUpAfterTests();

const LONG = 60_000;
const answered = (now: Snapshot, server: TestServer): boolean => server.seen.length === 1 && now.inFlight === 0;
const silent = (): Promise<TestServer> => startServer(() => undefined);
const status = (code: number, headers = {}): Promise<TestServer> =>
  startServer((_, response) => void response.writeHead(code, headers).end());

/** Stage of a call when its caller cancels it. */
const STAGES: {
  stage: string;
  config: HoldlineConfig;
  server: () => Promise<TestServer>;
  /** Number of earlier calls. */
  before?: number;
  /** Tells whether the call has reached the stage. */
  ready: (now: Snapshot, server: TestServer) => boolean;
}[] = [
  {
    stage: 'queued',
    config: { governor: { quotas: [{ limit: 1, windowMs: LONG }] } },
    server: () => status(200),
    before: 1,
    ready: (now) => now.queued === 1,
  },
  { stage: 'waiting for Retry-After', config: {}, server: () => status(429, { 'retry-after': '60' }), ready: answered },
  {
    stage: 'waiting without a governor',
    config: { governor: false },
    server: () => status(429, { 'retry-after': '60' }),
    ready: answered,
  },
  { stage: 'in the backoff', config: { retry: { backoff: [LONG] } }, server: () => status(503), ready: answered },
  { stage: 'on the wire', config: {}, server: silent, ready: (_, server) => server.seen.length === 1 },
];

describe.each(AXIOS_COPIES)('axios $version', ({ axios }) => {
  afterEach(() => release(axios));

  /** The ways to cancel: the request options and the action. */
  const WAYS: { way: string; make: () => { config: AxiosRequestConfig; giveUp: () => void } }[] = [
    {
      way: 'signal',
      make() {
        const controller = new AbortController();
        return { config: { signal: controller.signal }, giveUp: () => controller.abort() };
      },
    },
    {
      way: 'signal beside a budget',
      make() {
        const controller = new AbortController();
        const config = { signal: controller.signal, holdline: { totalTimeoutMs: LONG * 2 } };
        return { config, giveUp: () => controller.abort() };
      },
    },
    {
      way: 'cancelToken',
      make() {
        const { token, cancel } = axios.CancelToken.source();
        return { config: { cancelToken: token }, giveUp: () => cancel('enough') };
      },
    },
    {
      way: 'signal beside a cancelToken',
      make() {
        const controller = new AbortController();
        const { token } = axios.CancelToken.source();
        return { config: { signal: controller.signal, cancelToken: token }, giveUp: () => controller.abort('enough') };
      },
    },
    {
      way: 'cancelToken beside a signal',
      make() {
        const { token, cancel } = axios.CancelToken.source();
        return { config: { signal: new AbortController().signal, cancelToken: token }, giveUp: () => cancel() };
      },
    },
  ];

  const KINDS: { kind: string; client: () => AxiosInstance }[] = [
    { kind: 'instance', client: () => axios.create() },
    { kind: 'bundled instance', client: () => hideAxiosClass(axios.create()) },
    { kind: 'axios itself', client: () => axios },
    { kind: 'fetch adapter', client: () => axios.create({ adapter: 'fetch' }) },
  ];

  const expectNothingLeft = async (line: Holdline, server: TestServer, sent: number): Promise<void> => {
    await until(() => line.snapshot().inFlight === 0);
    expect(line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
    await sleep(15);
    expect(server.heads).toBe(sent);
  };

  describe.each(KINDS)('$kind', ({ kind, client }) => {
    describe.each(WAYS)('$way', ({ make }) => {
      it.each(STAGES)('cancels a call $stage', async ({ config, server: start, before = 0, ready }) => {
        const server = await start();
        const line = createHoldline(config);
        const api = guardAxios(client(), line);
        for (let i = 0; i < before; i++) await api.get(server.url);
        const { config: own, giveUp } = make();
        const call = captureRejection(api.get(server.url, own));
        await until(() => ready(line.snapshot(), server));
        giveUp();
        const error = await call;
        expect(axios.isCancel(error)).toBe(true);
        expect(error['code']).toBe('ERR_CANCELED');
        if (start === silent) await until(() => server.aborted === 1);
        await expectNothingLeft(line, server, 1);
      });

      it('sends nothing if the call is cancelled in advance', async () => {
        const server = await status(200);
        const line = createHoldline();
        const { config, giveUp } = make();
        giveUp();
        const error = await captureRejection(guardAxios(client(), line).get(server.url, config));
        expect(axios.isCancel(error)).toBe(true);
        await expectNothingLeft(line, server, 0);
      });
    });

    // Issue 13, d-axios-cancel.
    // The bare fetch adapter of axios 1.7 ignores a cancel token.
    const isDeaf = axios.VERSION.startsWith('1.7') && kind === 'fetch adapter';
    it.each(WAYS.filter(({ way }) => !way.includes('budget') && !(isDeaf && way.startsWith('cancelToken'))))(
      'rejects on the wire with the error of bare axios: $way',
      async ({ make }) => {
        const server = await silent();
        const seen: Record<string, unknown>[] = [];
        for (const guard of [false, true]) {
          const api = guard ? guardAxios(client(), { retry: false }) : client();
          const { config, giveUp } = make();
          const { heads } = server;
          const call = captureRejection(api.get(server.url, config));
          await until(() => server.heads > heads);
          giveUp();
          const error = await call;
          const { name, message, code, cause } = error;
          seen.push({
            keys: Object.keys(error).sort(),
            name,
            message,
            code,
            cause: (cause as Error | undefined)?.name,
            url: (error['config'] as AxiosRequestConfig | undefined)?.url,
            request: typeof error['request'],
            isCancel: axios.isCancel(error),
          });
          if (guard) expect(callInfo(error)).toMatchObject({ attempts: 1 });
        }
        expect(seen[1]).toEqual(seen[0]);
      },
    );

    it('limits each attempt by timeout, but not the wait in the queue', async () => {
      const server = await silent();
      const api = guardAxios(client(), { retry: { maxAttempts: 3, baseDelayMs: 1 } });
      const from = performance.now();
      const error = await captureRejection(api.get(server.url, { timeout: 200 }));
      expect(performance.now() - from).toBeGreaterThan(590);
      expect(error['code']).toMatch(/ECONNABORTED|ETIMEDOUT/);
      expect(server.heads).toBe(3);
      await until(() => server.aborted === 3);

      release(api);
      const quick = await status(200);
      const paced = guardAxios(client(), { governor: { quotas: [{ limit: 1, windowMs: 400 }] } });
      const both = [paced.get(quick.url, { timeout: 200 }), paced.get(quick.url, { timeout: 200 })];
      expect((await Promise.all(both)).map((response) => response.status)).toEqual([200, 200]);
    });

    it.each([
      {
        by: 'config.holdline',
        call: (api: AxiosInstance, url: string) => api.get(url, { holdline: { totalTimeoutMs: 80 } }),
      },
      {
        by: 'withCall',
        call: (api: AxiosInstance, url: string) => withCall({ totalTimeoutMs: 80 }, () => api.get(url)),
      },
      {
        by: 'the line',
        call: (api: AxiosInstance, url: string) => api.get(url),
        config: { deadline: { totalTimeoutMs: 80 } },
      },
    ])('closes the connection when the budget of $by runs out', async ({ call, config }) => {
      const server = await silent();
      const line = createHoldline(config);
      const error = await captureRejection(call(guardAxios(client(), line), server.url));
      expect(error).toMatchObject({ name: 'DeadlineError', code: 'HOLDLINE_DEADLINE', attempts: 1 });
      await until(() => server.aborted === 1);
      await expectNothingLeft(line, server, 1);
    });

    it('refuses at once a call that cannot be sent before its deadline', async () => {
      const server = await status(200);
      const line = createHoldline({ governor: { quotas: [{ limit: 1, windowMs: LONG }] } });
      const api = guardAxios(client(), line);
      await api.get(server.url);
      const error = await captureRejection(api.get(server.url, { holdline: { totalTimeoutMs: 5_000 } }));
      expect(error).toMatchObject({ name: 'DeadlineError', attempts: 0 });
      expect(error['retryAt']).toBeGreaterThan(Date.now() + 10_000);
      await expectNothingLeft(line, server, 1);
    });

    it('cancels by the signal of the context, with its reason', async () => {
      const server = await silent();
      const line = createHoldline();
      const api = guardAxios(client(), line);
      const reason = new Error('the user left');
      for (const call of [
        (signal: AbortSignal) => api.get(server.url, { holdline: { signal } }),
        (signal: AbortSignal) => withCall({ signal }, () => api.get(server.url)),
      ]) {
        const controller = new AbortController();
        const call1 = captureRejection(call(controller.signal));
        const { heads } = server;
        await until(() => server.heads > heads);
        controller.abort(reason);
        expect(await call1).toBe(reason);
      }
      await until(() => server.aborted === 2);
      await expectNothingLeft(line, server, 2);
    });
  });

  it('does not wait for an adapter that ignores the cancellation', async () => {
    const controller = new AbortController();
    const api = guardAxios(axios.create({ adapter: () => new Promise(() => undefined) }), {});
    const call = captureRejection(api.get('http://127.0.0.1:9/', { signal: controller.signal }));
    await sleep(5);
    controller.abort();
    expect(axios.isCancel(await call)).toBe(true);
  });

  it.each([{ totalTimeoutMs: 100 }, undefined])('leaves a returned stream open, with %j', async (holdline) => {
    const server = await startServer((_, response) => void response.write('first'));
    const controller = new AbortController();
    const api = guardAxios(axios.create({ responseType: 'stream' }), {});
    const config = { signal: controller.signal, ...(holdline && { holdline }) };
    const { data } = await api.get<Readable>(server.url, config);
    await sleep(150);
    // The budget covers only the head, which has arrived.
    expect(data.destroyed).toBe(false);
    const failed = captureRejection(data.toArray());
    controller.abort();
    expect(isHoldlineError(await failed)).toBe(false);
    await until(() => server.aborted === 1);
  });

  it('removes its listeners from a token and a signal that outlive the call', async () => {
    const server = await status(200);
    const api = guardAxios(axios.create(), {});
    const { token } = axios.CancelToken.source();
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    for (let i = 0; i < 5; i++) await api.get(server.url, { cancelToken: token, signal });
    expect((token as unknown as { _listeners?: unknown[] })._listeners).toHaveLength(0);
    const gone = removed.mock.calls.map(([, listener]) => listener);
    for (const [, listener] of added.mock.calls) expect(gone).toContain(listener);
  });
});
