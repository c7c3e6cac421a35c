import { afterEach, describe, expect, it, vi } from 'vitest';
import { callInfo, ConfigError, noteInfo, withCall, withTransaction, type CallContext } from '../index.js';
import { type Ambient, shared } from '../runtime/process-state.js';
import { type ActiveContext, activeContext } from './active-context.js';
import { setup } from '../line/transport.fixture.js';

const now = (): object => ({ ...activeContext.get() });

describe('withCall', () => {
  it('nests, with precedence of the inner context key by key', () => {
    const seen: object[] = [];
    withCall({ priority: 'low', tenant: 'a' }, () => {
      withCall({ priority: 'high', weight: 2 }, () => seen.push(now()));
      seen.push(now());
    });
    seen.push(now());
    expect(seen).toEqual([{ priority: 'high', tenant: 'a', weight: 2 }, { priority: 'low', tenant: 'a' }, {}]);
  });

  it('returns the result of fn or throws its error, and restores the context', async () => {
    expect(withCall({}, () => 7)).toBe(7);
    await expect(withCall({}, () => Promise.resolve(8))).resolves.toBe(8);
    expect(() =>
      withCall({ tenant: 'a' }, () => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(now()).toEqual({});
  });

  it('follows awaits, timers and callbacks', async () => {
    await withCall({ tenant: 'a' }, async () => {
      await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      expect(now()).toEqual({ tenant: 'a' });
    });
  });

  it('separates concurrent contexts', async () => {
    const tenants = Array.from({ length: 100 }, (_, i) => `t${i}`);
    const seen = await Promise.all(
      tenants.map((tenant) =>
        withCall({ tenant }, async () => {
          for (let i = 0; i < 5; i++) await Promise.resolve();
          return (now() as CallContext).tenant;
        }),
      ),
    );
    expect(seen).toEqual(tenants);
  });

  it.each([[{ tennant: 'x' }], [null], ['x'], [{ priority: 7 }]])('%j is a ConfigError', (context) => {
    expect(() => withCall(context as never, () => 1)).toThrow(ConfigError);
    expect(() => withCall({}, context as never)).toThrow(ConfigError);
  });

  it('applies to every call made in it, with precedence of the context of the call itself', async () => {
    const { start, clock, told } = setup({ governor: { quotas: [{ limit: 1, windowMs: 1_000 }] } });
    const queued = told('queued');
    start();
    withCall({ priority: 'low', tenant: 'a' }, () => {
      start();
      start({ context: { priority: 'high' } });
    });
    await clock.run();
    expect(queued.map(({ priority, tenant }) => [priority, tenant])).toEqual([
      ['low', 'a'],
      ['high', 'a'],
    ]);
  });

  it('is active during the attempts of a call, however long the call waited', async () => {
    const { line, wire, clock } = setup(
      { governor: { quotas: [{ limit: 1, windowMs: 1_000 }] }, retry: { jitter: 'none' } },
      [200, 200, 504, 200],
    );
    const seen: unknown[] = [];
    for (const tenant of ['a', 'b', 'c']) {
      const request = wire.request();
      withCall({ tenant }, () => {
        void line.run({ ...request, send: (call) => (seen.push(activeContext.get()?.tenant), request.send(call)) });
      });
    }
    await withCall({ tenant: 'of the clock' }, () => clock.run());
    expect(seen).toEqual(['a', 'b', 'c', 'c']);
  });

  it('applies its budget and its signal to the call', async () => {
    const { start, clock } = setup({ deadline: { totalTimeoutMs: 500 } }, ['deaf']);
    const abort = new AbortController();
    const calls = [
      withCall({ totalTimeoutMs: 1_000 }, () => start()),
      withCall({ signal: abort.signal, totalTimeoutMs: Infinity }, () => start()),
      start(),
    ];
    await clock.advance(2_000);
    abort.abort(new Error('enough'));
    await clock.advance(0);
    expect(calls.map(({ at }) => at)).toEqual([1_000, 2_000, 500]);
  });
});

describe('in a browser, which has no AsyncLocalStorage', () => {
  const KEY = Symbol.for('@holdline/shared/1');
  const realm = globalThis as unknown as Record<symbol, unknown>;
  const known = realm[KEY];
  const builtin = process.getBuiltinModule;

  afterEach(() => {
    realm[KEY] = known;
    process.getBuiltinModule = builtin;
    vi.resetModules();
  });

  it.each(['no process', 'a shim of process'])(
    'with %s the context is active up to the first await, and nests',
    async (kind) => {
      vi.resetModules();
      delete realm[KEY];
      if (kind === 'no process') vi.stubGlobal('process', undefined);
      else process.getBuiltinModule = undefined as never;
      const browser = await import('../runtime/process-state.js').finally(() => vi.unstubAllGlobals());
      const context = browser.shared.context as Ambient<ActiveContext>;
      expect(context).not.toBe(shared.context);
      const seen: unknown[] = [];
      const ended = context.run({ tenant: 'a' }, async () => {
        context.run({ tenant: 'b' }, () => seen.push(context.get()?.tenant));
        seen.push(context.get()?.tenant);
        await Promise.resolve();
        seen.push(context.get()?.tenant);
      });
      expect(() =>
        context.run({ tenant: 'c' }, () => {
          throw new Error('mine');
        }),
      ).toThrow('mine');
      seen.push(context.get()?.tenant);
      await ended;
      expect(seen).toEqual(['b', 'a', undefined, undefined]);
    },
  );
});

describe('callInfo', () => {
  it('knows results and errors of every kind, but no foreign values', async () => {
    const { run } = setup({ governor: false, retry: false }, [200, 404, 'reset']);
    expect(callInfo((await run()).value)).toMatchObject({
      route: 'GET /a',
      attempts: 1,
      status: 200,
      refreshed: false,
    });
    expect(callInfo((await run()).value)).toMatchObject({ status: 404 });
    expect(callInfo((await run()).error)).toMatchObject({ status: undefined, attempts: 1 });
    for (const foreign of [{}, new Error(), 'x', undefined, null, 0, Symbol('s')])
      expect(callInfo(foreign)).toBeUndefined();
  });

  it('for a primitive value, such as the undefined that the Genesys SDK rejects with, belongs to the last call', async () => {
    const { line, wire, clock } = setup({ governor: false, retry: false });
    for (const bare of [undefined, null, 'status 404', 0, '', false]) {
      const call = line.run({ ...wire.request({ url: '/bare' }), send: () => Promise.reject(bare) });
      await expect(call).rejects.toBe(bare);
      expect(callInfo(bare)).toMatchObject({ route: 'GET /bare' });
    }
    expect(callInfo('another')).toBeUndefined();
    await clock.run();
  });

  it('is available for functions', () => {
    const result = (): void => undefined;
    const info = { route: 'GET /x' } as never;
    noteInfo(result, info);
    expect(callInfo(result)).toBe(info);
  });

  it('has headers about throttling and correlation only', async () => {
    const headers = {
      'retry-after': '1',
      'inin-correlation-id': 'c-1',
      'set-cookie': 'secret',
      authorization: 'secret',
    };
    const { run } = setup({ governor: false, retry: false }, [{ status: 404, headers }]);
    expect(callInfo((await run()).value)?.headers).toEqual({ 'retry-after': '1', 'inin-correlation-id': 'c-1' });
  });
});

describe('withTransaction', () => {
  it('is withCall with a transaction', () => {
    expect(withTransaction('t', () => activeContext.get()?.transaction)).toBe('t');
    expect(() => withTransaction('', () => 1)).toThrow(ConfigError);
  });
});
