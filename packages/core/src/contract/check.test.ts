import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkContext, ConfigError, createHoldline, memoryStore, type HoldlineConfig } from '../index.js';

const journal = memoryStore().journal;
const messageOf = (config: unknown): string => {
  try {
    createHoldline(config as HoldlineConfig);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  return 'accepted';
};

describe('a wrong configuration is a ConfigError that names the key, the value and the allowed values', () => {
  it.each<[unknown, string[]]>([
    [{ governer: {} }, ['governer', 'not known', 'governor']],
    [{ caches: {} }, ['caches', 'not known']],
    [{ governor: true }, ['governor', 'true', 'an object with quotas']],
    [{ governor: { quotas: {} } }, ['governor.quotas', 'an object', 'an array']],
    [{ governor: { quotas: [, { limit: 1, windowMs: 1 }] } }, ['governor.quotas[0]', 'undefined', 'an object']],
    [
      { governor: { quotas: [{ windowMs: 1 }] } },
      ['governor.quotas[0].limit', 'undefined', 'an integer of at least 1'],
    ],
    [{ governor: { quotas: [{ limit: 1.5, windowMs: 1 }] } }, ['governor.quotas[0].limit', '1.5']],
    [{ governor: { quotas: [{ limit: 1, windowMs: 0 }] } }, ['governor.quotas[0].windowMs', '0', 'at least 1']],
    [
      { governor: { quotas: [{ limit: 1, windowMs: 1, scope: 'org' }] } },
      ['governor.quotas[0].scope', '"org"', "'tenant'"],
    ],
    [{ governor: { quotas: [{ limit: 1, windowMs: 1, burst: 1 }] } }, ['governor.quotas[0].burst', "shape 'smooth'"]],
    [{ governor: { quotas: [{ limit: 0, windowMs: 1 }] } }, ['governor.quotas[0].limit', '0', 'at least 1']],
    [{ governor: { quotas: [{ limit: 'find', windowMs: 1 }] } }, ['governor.quotas[0].limit', '"find"', "'discover'"]],
    [{ governor: { quotas: [{ windowMs: 1 }] } }, ["or 'discover'"]],
    [
      { governor: { quotas: [{ limit: 1, windowMs: 1, enforcement: 'leaky' }] } },
      ['governor.quotas[0].enforcement', '"leaky"', "'auto' or 'fixed' or 'sliding' or 'bucket'"],
    ],
    [
      { governor: { quotas: [{ limit: 1, windowMs: 1, burst: 2, enforcement: 'fixed' }] } },
      ['governor.quotas[0].burst', "enforcement 'bucket'"],
    ],
    [
      { governor: { quotas: [{ limit: 1, windowMs: 1, burst: 0, enforcement: 'bucket' }] } },
      ['governor.quotas[0].burst', '0', 'at least 1'],
    ],
    [
      { governor: { quotas: [{ limit: 1, windowMs: 1, ratePerSec: 1 }] } },
      ['governor.quotas[0].ratePerSec', "shape 'smooth'", 'none'],
    ],
    [
      { governor: { quotas: [{ limit: 1, windowMs: 1, shape: 'bucket' }] } },
      [`governor.quotas[0].shape must be 'window' or 'smooth', got "bucket"`],
    ],
    [
      { governor: { quotas: [{ limit: 'discover', windowMs: 1, shape: 'smooth' }] } },
      ['governor.quotas[0].limit', 'a number', "'discover'"],
    ],
    [
      { governor: { quotas: [{ limit: 'discover', windowMs: 1, burst: 2, enforcement: 'bucket' }] } },
      ['governor.quotas[0].limit', 'a number', "'discover'"],
    ],
    [{ governor: { quotas: [{ limit: 1, windowMs: 1, key: '' }] } }, ['governor.quotas[0].key', '""', 'not empty']],
    [{ governor: { quotas: [{ limit: 1, windowMs: 1, key: 'id' }] } }, ['governor.quotas[0].key', 'an endpoint']],
    [
      { endpoints: { 'GET /users/:id': { governor: { quotas: [{ limit: 1, windowMs: 1, key: 'userId' }] } } } },
      ["endpoints['GET /users/:id'].governor.quotas[0].key", '"userId"', 'one of id, got "userId"'],
    ],
    [
      { endpoints: { 'GET /users/*': { governor: { quotas: [{ limit: 1, windowMs: 1, key: 'id' }] } } } },
      ["endpoints['GET /users/*'].governor.quotas[0].key", '"id"', 'has no parameter'],
    ],
    [
      { endpoints: { 'GET /a/:b': { governor: { quotas: [{ limit: 1, windowMs: 1, key: 'b', scope: 'route' }] } } } },
      ["endpoints['GET /a/:b'].governor.quotas[0].key", 'scope', 'replaces'],
    ],
    [{ governor: { enforcement: 'none' } }, ['governor.enforcement', '"none"', "'sliding'"]],
    [{ governor: { headroom: 0.8 } }, ['governor.headroom', '0.8', 'an object with capacity, refill']],
    [{ governor: { headroom: { capacity: 0 } } }, ['governor.headroom.capacity', '0', 'above 0 and at most 1']],
    [{ governor: { headroom: { refill: 1.1 } } }, ['governor.headroom.refill', '1.1', 'above 0 and at most 1']],
    [{ governor: { headroom: { burst: 1 } } }, ['governor.headroom.burst', 'not known', 'capacity, refill']],
    [{ governor: { ratePerSec: 0 } }, ['governor.ratePerSec', '0', 'above 0 or Infinity']],
    [{ governor: { rampUpMs: -1 } }, ['governor.rampUpMs', '-1', 'at least 0']],
    [{ governor: { rampUpMs: 1 } }, ['governor.rampUpMs', 'governor.ratePerSec', 'a number']],
    [
      { governor: { rampUpMs: 1, quotas: [{ limit: 'discover', windowMs: 1 }] } },
      ['governor.rampUpMs', 'governor.ratePerSec', 'a number'],
    ],
    [{ governor: { rampUpMs: Infinity } }, ['governor.rampUpMs', 'Infinity', 'at least 0']],
    [{ governor: { maxQueued: -1 } }, ['governor.maxQueued', '-1', 'at least 0']],
    [{ governor: { overflow: 'drop' } }, ['governor.overflow', '"drop"', "'reject' or 'shed'"]],
    [{ governor: { agingMs: 0 } }, ['governor.agingMs', '0', 'above 0']],
    [{ governor: { shares: { a: 0 } } }, ["governor.shares['a']", '0', 'above 0']],
    [{ governor: { defaultRetryAfterMs: 1e9 } }, ['governor.defaultRetryAfterMs', '1000000000', 'at most 86400000']],
    [{ governor: { gateJitterMs: NaN } }, ['governor.gateJitterMs', 'NaN']],
    [{ governor: { quotaHeaders: true } }, ['governor.quotaHeaders', 'true', 'remaining, reset, limit']],
    [{ governor: { quotaHeaders: { left: 'x' } } }, ['governor.quotaHeaders.left', 'remaining, reset, limit']],
    [{ governor: { quotaHeaders: { reset: 'x y' } } }, ['governor.quotaHeaders.reset', 'the name of a header']],
    [{ governor: { quotaHeaders: { limit: '' } } }, ['governor.quotaHeaders.limit', 'the name of a header']],
    ...['fast', 3, true].map((retry): [unknown, string[]] => [
      { retry },
      [
        "retry must be false or 'interactive' or 'batch' or an object with maxAttempts, ",
        `, got ${JSON.stringify(retry)}`,
      ],
    ]),
    [
      { endpoints: { 'GET /a': { retry: 3 } } },
      ["endpoints['GET /a'].retry must be false or 'interactive' or 'batch' or "],
    ],
    ...['governor', 'breaker', 'idempotency', 'bulkhead', 'deadLetters'].map((policy): [unknown, string[]] => [
      { [policy]: true },
      [`${policy} must be false or an object with `, ', got true'],
    ]),
    [{ retry: { budget: true } }, ['retry.budget must be false or an object with capacity, ']],
    [{ breaker: { throttled: true } }, ['breaker.throttled must be false or an object with ratio, ']],
    [{ breaker: { engine: true } }, ['breaker.engine must be false or an engine with name and circuit, got true']],
    [{ governor: { engine: true } }, ['governor.engine must be false or an engine with name and acquire, got true']],
    [{ retry: { maxAttempts: 0 } }, ['retry.maxAttempts', '0', 'at least 1']],
    [{ retry: { baseDelayMs: -1 } }, ['retry.baseDelayMs', '-1']],
    [{ retry: { maxDelayMs: Infinity } }, ['retry.maxDelayMs', 'Infinity', 'a number of at least 0']],
    [{ retry: { jitter: 'some' } }, ['retry.jitter', '"some"', "'full' or 'none'"]],
    [{ retry: { backoff: [1, 'x'] } }, ['retry.backoff[1]', '"x"', 'a number']],
    [{ retry: { maxElapsedMs: -1 } }, ['retry.maxElapsedMs', '-1', 'or Infinity']],
    [{ retry: { maxRetryAfterMs: '1' } }, ['retry.maxRetryAfterMs', '"1"']],
    [{ retry: { statuses: [200] } }, ['retry.statuses[0]', '200', 'at least 400']],
    [{ retry: { verify: 1 } }, ['retry.verify', '1', 'a function']],
    [{ retry: { budget: { capacity: null } } }, ['retry.budget.capacity', 'null']],
    [{ retry: { otherLayer: 'both' } }, ['retry.otherLayer', '"both"', "'defer' or 'replace'"]],
    [{ breaker: { windowMs: 1 } }, ['breaker.windowMs', '1', 'at least 10']],
    [{ breaker: { failureRatio: 1.1 } }, ['breaker.failureRatio', '1.1', 'above 0 and at most 1']],
    [{ breaker: { minAttempts: 0 } }, ['breaker.minAttempts', '0']],
    [{ breaker: { openMs: 0 } }, ['breaker.openMs', '0', 'above 0']],
    [{ breaker: { probes: 2.5 } }, ['breaker.probes', '2.5', 'an integer']],
    [{ breaker: { probeTimeoutMs: 0 } }, ['breaker.probeTimeoutMs', '0']],
    [{ breaker: { throttled: { ratio: 0 } } }, ['breaker.throttled.ratio', '0']],
    [{ breaker: { queued: 'drop' } }, ['breaker.queued', '"drop"', "'fail' or 'keep'"]],
    [{ token: {} }, ['token.grant', 'undefined', 'a function']],
    [{ token: { grant: () => 0, refreshBeforeExpiryMs: -1 } }, ['token.refreshBeforeExpiryMs', '-1']],
    [{ token: { grant: () => 0, grantTimeoutMs: 0 } }, ['token.grantTimeoutMs', '0']],
    [{ token: { grant: () => 0, origins: ['api.test'] } }, ['token.origins[0]', 'an origin such as']],
    [{ token: { grant: () => 0, origins: ['https://u:p@api.test'] } }, ['token.origins[0]', 'an origin such as']],
    [
      { token: { grant: () => 0, origins: ['https://api.test\\@evil.test'] } },
      ['token.origins[0]', 'an origin such as'],
    ],
    [{ token: { grant: () => 0, onToken: {} } }, ['token.onToken', 'an object', 'a function']],
    [{ token: { grant: () => 0, current: 'x' } }, ['token.current', 'a function']],
    [
      { idempotency: { header: 'Idempotency Key' } },
      ['idempotency.header', '"Idempotency Key"', 'the name of a header'],
    ],
    [{ idempotency: { quoted: 1 } }, ['idempotency.quoted', '1', 'true or false']],
    [{ idempotency: { always: 'yes' } }, ['idempotency.always', '"yes"', 'true or false']],
    [{ idempotency: { rotateAfterMs: 0 } }, ['idempotency.rotateAfterMs', '0', 'above 0']],
    [{ deadline: { totalTimeoutMs: 0 } }, ['deadline.totalTimeoutMs', '0', 'above 0 or Infinity']],
    [{ bulkhead: {} }, ['bulkhead.maxConcurrent', 'undefined', 'an integer of at least 1']],
    [{ bulkhead: { maxConcurrent: 1, scope: 'x' } }, ['bulkhead.scope', '"x"', "'host'"]],
    [{ endpoints: { 'get /a': {} } }, ["endpoints['get /a']", "'GET /users/:id'"]],
    [{ endpoints: { 'GET /a': { readonly: true } } }, ["endpoints['GET /a'].readonly", 'not known', 'readOnly']],
    [{ endpoints: { 'GET /a': { token: {} } } }, ["endpoints['GET /a'].token", 'not known']],
    ...['interactive', 'batch'].map((priority): [unknown, string[]] => [
      { endpoints: { 'GET /a': { priority } } },
      [`endpoints['GET /a'].priority must be 'high' or 'normal' or 'low' or 'background', got "${priority}"`],
    ]),
    [{ endpoints: { 'GET /a': { weight: 0 } } }, ["endpoints['GET /a'].weight", '0']],
    [{ endpoints: { 'GET /a': { keyed: 1 } } }, ["endpoints['GET /a'].keyed", '1', 'true or false']],
    [{ paths: { anchor: '' } }, ['paths.anchor', '""', 'not empty']],
    [{ paths: { stripPrefixes: '/x' } }, ['paths.stripPrefixes', '"/x"', 'an array']],
    [{ paths: { caseInsensitive: 0 } }, ['paths.caseInsensitive', '0']],
    [{ state: { breakers: [{ scope: 'x', state: 'ajar' }] } }, ['state.breakers[0].state', '"ajar"', "'half-open'"]],
    [{ state: { quotas: {} } }, ['state.quotas', 'an object', 'an array']],
    [{ state: { quotas: [{ quotas: [] }] } }, ['state.quotas[0].scope', 'undefined', 'not empty']],
    [{ state: { quotas: [{ scope: 'x', quotas: [{ limit: 1 }] }] } }, ['state.quotas[0].quotas[0]', 'exportState()']],
    [
      { state: { quotas: [{ scope: 'x', quotas: [{ given: 1, limit: 0.5, windowMs: 1 }] }] } },
      ['state.quotas[0].quotas[0].limit', '0.5', 'at least 1'],
    ],
    [
      { state: { quotas: [{ scope: 'x', quotas: [{ given: 'found', limit: 1, windowMs: 1 }] }] } },
      ['state.quotas[0].quotas[0].given', '"found"', "'discover'"],
    ],
    [
      { state: { quotas: [{ scope: 'x', quotas: [{ given: 1, limit: 1, windowMs: 0 }] }] } },
      ['state.quotas[0].quotas[0].windowMs', '0', 'above 0'],
    ],
    [
      { state: { quotas: [{ scope: 'x', quotas: [{ given: 1, limit: 1, windowMs: 1, counts: 'auto' }] }] } },
      ['state.quotas[0].quotas[0].counts', '"auto"', "'sliding'"],
    ],
    [
      { state: { quotas: [{ scope: 'x', quotas: [{ given: 1, limit: 1, windowMs: 1, token: 1 }] }] } },
      ['state.quotas[0].quotas[0].token', 'not known'],
    ],
    [{ store: {} }, ['store.journal', 'undefined', 'get, put, delete']],
    [{ store: { journal, leases: {} } }, ['store.leases', 'an object', 'a store with sharing, exchange']],
    [{ store: { journal, leases: { exchange: () => 1 } } }, ['store.leases', 'an object', 'closeGate']],
    [{ store: { journal, tokens: 7 } }, ['store.tokens', '7', 'a store with sharing, claim']],
    [{ store: { journal, sessions: null } }, ['store.sessions', 'null', 'claim, leave, listen']],
    [{ store: { journal, sessions: { claim: 1, leave: 1, listen: 1 } } }, ['store.sessions', 'an object']],
    [{ store: { journal, deadLetters: {} } }, ['store.deadLetters', 'an object', 'a store with writer']],
    [{ store: { journal, watch: true } }, ['store.watch', 'true', 'a function']],
    [{ clock: { now: () => 0 } }, ['clock', 'now, wall, setTimer']],
    [{ random: Math.random }, ['random', 'a function', 'a random with next']],
    [null, ['the configuration', 'null']],
    [[], ['the configuration', 'an array of 0']],
  ])('%j', (config, parts) => {
    const message = messageOf(config);
    for (const part of parts) expect(message).toContain(part);
  });

  it.each<HoldlineConfig>([
    { governor: { quotas: [{ limit: 'discover', windowMs: 60_000 }] } },
    { governor: { quotas: [{ limit: 17, windowMs: 60_000, burst: 250, enforcement: 'bucket' }] } },
    { governor: { quotas: [{ limit: 9, windowMs: 1, burst: 2, shape: 'smooth', ratePerSec: 0.5 }] } },
    { governor: { enforcement: 'fixed', headroom: { capacity: 0.8, refill: 0.9 } } },
    { governor: { headroom: {} } },
    { governor: { quotaHeaders: false } },
    { governor: { quotaHeaders: { remaining: 'X-Left', reset: 'X-Reset', limit: 'X-Limit' } } },
    { governor: { headroom: { capacity: 1, refill: 1 }, ratePerSec: Infinity, rampUpMs: 0 } },
    { governor: { ratePerSec: 0.01, rampUpMs: 60_000 } },
    {
      endpoints: {
        '* /contacts/:contactId/**': { governor: { quotas: [{ limit: 1, windowMs: 1, key: 'contactId' }] } },
      },
    },
    { state: {} },
    { store: { journal, watch: () => () => undefined } },
    { store: { journal, sessions: { claim: () => 1, leave: () => 1, listen: () => 1 } as never } },
    { state: { quotas: [] } },
    { state: { quotas: [{ scope: 'x', quotas: [{ given: 'discover', limit: 7.5, windowMs: 0.5 } as never] }] } },
  ])('a correct configuration is accepted: %j', (config) => expect(messageOf(config)).toBe('accepted'));

  it('memoryStore checks its options', () => {
    expect(() => memoryStore({ maxEntries: 0 })).toThrow(/maxEntries must be an integer of at least 1, got 0/);
    expect(() => memoryStore({ max: 1 } as never)).toThrow(/options.max is not known/);
  });

  it.each<[unknown, string]>([
    [{ priority: 'urgent' }, 'priority'],
    [{ totalTimeoutMs: 0 }, 'totalTimeoutMs'],
    [{ signal: {} }, 'signal'],
    [{ weight: 0 }, 'weight'],
    [{ idempotencyKey: 'a\nb' }, 'idempotencyKey'],
    [{ idempotencyKey: 'ä' }, 'idempotencyKey'],
    [{ tenant: '' }, 'tenant'],
    [{ tennant: 'x' }, 'tennant'],
  ])('checkContext refuses %j', (context, key) => {
    expect(() => checkContext(context, 'context')).toThrow(`context.${key}`);
  });

  it('a key with the value `undefined` counts as absent', () => {
    expect(messageOf({ governor: undefined, retry: { maxAttempts: undefined } })).toBe('accepted');
  });
});

describe('a message contains no secret', () => {
  const secret = 'sk-live-0123456789';
  it.each([
    { token: secret },
    { token: { grant: secret } },
    { token: { grant: () => 0, origins: [secret] } },
    { token: { grant: () => 0, clientSecret: secret } },
    { clientSecret: secret },
    { endpoints: { 'GET /a': { token: secret } } },
    {
      get token(): unknown {
        throw new Error(`cannot read ${secret}`);
      },
    },
    secret,
  ])('%#', (config) => {
    const message = messageOf(config);
    expect(message).not.toBe('accepted');
    expect(message).not.toContain(secret);
  });
});

describe('any configuration gives a line or a ConfigError', () => {
  const throwing = (): unknown => ({
    get retry() {
      throw new Error('no');
    },
  });
  const revoked = (): unknown => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  const hostile = (): unknown =>
    new Proxy(
      {},
      {
        get: () => {
          throw new TypeError('no');
        },
        ownKeys: () => {
          throw new RangeError('no');
        },
      },
    );
  const cyclic = (): unknown => {
    const ring: Record<string, unknown> = {};
    ring['endpoints'] = { 'GET /a': ring };
    ring['governor'] = ring;
    return ring;
  };
  const value = fc.oneof(
    fc.anything({
      withBigInt: true,
      withNullPrototype: true,
      withSparseArray: true,
      withDate: true,
      withMap: true,
      withTypedArray: true,
    }),
    fc.constantFrom(
      Symbol('s'),
      'x'.repeat(1e6),
      10n ** 500n,
      () => 1,
      class {},
      -0,
      NaN,
      Infinity,
      false,
      JSON.parse('{"__proto__":{"retry":1}}'),
    ),
  );
  const keys = [
    'governor',
    'retry',
    'breaker',
    'token',
    'idempotency',
    'deadline',
    'bulkhead',
    'endpoints',
    'paths',
    'state',
    'store',
    'clock',
    'random',
  ];
  const inner = [
    'quotas',
    'maxAttempts',
    'backoff',
    'statuses',
    'budget',
    'throttled',
    'grant',
    'origins',
    'header',
    'GET /a',
    'breakers',
    'journal',
    'shares',
    'scope',
  ];
  const level = fc.dictionary(fc.constantFrom(...inner), value, { maxKeys: 3 });
  const configs = fc.oneof(value, fc.dictionary(fc.constantFrom(...keys), fc.oneof(value, level), { maxKeys: 4 }));

  it.each([throwing, revoked, hostile, cyclic])('createHoldline with a hostile object at every key (%#)', (make) => {
    expect(messageOf(make())).not.toBe('accepted');
    for (const key of keys) {
      expect(messageOf({ [key]: make() })).toContain(key);
      for (const deeper of inner) expect(messageOf({ [key]: { [deeper]: make() } })).toContain(key);
      expect(messageOf({ [key]: { [inner[0] as string]: [make()] } })).toContain(key);
    }
  });

  it('createHoldline with arbitrary values', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const message = messageOf(config === undefined ? {} : config);
        expect(message.length).toBeLessThan(1_000);
      }),
      { numRuns: 500 },
    );
  });

  it('update, which changes nothing when it throws', () => {
    const line = createHoldline({ retry: { maxAttempts: 7 }, governor: false });
    const before = JSON.stringify(line.explain({ method: 'GET', url: '/a' }));
    fc.assert(
      fc.property(configs, (config) => {
        try {
          line.update({ ...(config as object), nonsense: 1 } as HoldlineConfig);
          expect.unreachable();
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
        expect(JSON.stringify(line.explain({ method: 'GET', url: '/a' }))).toBe(before);
      }),
      { numRuns: 100 },
    );
  });
});
