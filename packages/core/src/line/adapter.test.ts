import { describe, expect, it } from 'vitest';
import {
  ConfigError,
  createHoldline,
  defineAdapter,
  holdlineOf,
  isHoldline,
  release,
  type Grant,
  type HoldlineConfig,
} from '../index.js';

interface Client {
  get(): string;
}
const client = (): Client => ({ get: () => 'native' });
const guard = defineAdapter<Client>({
  name: 'guardClient',
  configure: (_, given) => ({ retry: 'batch', ...given }),
  attach(target) {
    const native = target.get;
    target.get = () => `guarded ${native.call(target)}`;
    return () => {
      target.get = native;
    };
  },
});

describe('an adapter', () => {
  it('guards a client in place, once, and restores its original state', () => {
    const one = client();
    const native = one.get;
    expect(guard(one)).toBe(one);
    const line = holdlineOf(one);
    expect(guard(one)).toBe(one);
    expect([one.get(), holdlineOf(one)]).toEqual(['guarded native', line]);
    release(one);
    expect([one.get, holdlineOf(one)]).toEqual([native, undefined]);
    release(one);
    guard(one);
    expect(one.get()).toBe('guarded native');
  });

  it('refuses another configuration or line for a guarded client, and accepts the same again', () => {
    const grant = (identity: string): Grant =>
      Object.assign(() => Promise.resolve({ accessToken: 'secret' }), { identity: () => identity });
    const make = (limit: number, identity: string): HoldlineConfig => ({
      governor: { quotas: [{ limit, windowMs: 1_000, scope: (call) => call.origin }] },
      token: { grant: grant(identity), origins: ['https://api.test'] },
    });
    const one = guard(client(), make(1, 'a'));
    const line = holdlineOf(one);
    const other = 'guardClient: the client is guarded with another configuration; pass its line, ';
    for (const same of [undefined, {}, make(1, 'a'), line]) expect(guard(one, same)).toBe(one);
    for (const another of [make(2, 'a'), make(1, 'b'), { ...make(1, 'a'), retry: false as const }, createHoldline()])
      expect(() => guard(one, another)).toThrow(other);
    const circle: Record<string, unknown> = {};
    circle.circle = circle;
    for (const invalid of [circle, { governor: { quotas: [{ limit: 1n, windowMs: 1 }] } }])
      expect(() => guard(one, invalid as HoldlineConfig)).toThrow(other);
    expect(holdlineOf(one)).toBe(line);
    release(one);
    expect(holdlineOf(guard(one, make(2, 'a')))).not.toBe(line);
    const shared = createHoldline();
    const two = guard(client(), shared);
    expect(guard(two, shared)).toBe(two);
    expect(() => guard(two, { retry: false })).toThrow(ConfigError);
  });

  it('accepts a configuration, which it merges into its preset, or an existing line', () => {
    const line = createHoldline();
    const [a, b, c] = [guard(client(), line), guard(client(), line), guard(client(), { breaker: false })];
    expect([holdlineOf(a), holdlineOf(b)]).toEqual([line, line]);
    expect(holdlineOf(c)).not.toBe(line);
    const own = holdlineOf(c)?.explain({ method: 'GET', url: '/a' }).policies;
    expect(own?.map(({ name }) => name)).not.toContain('breaker');
    expect(own?.find(({ name }) => name === 'retry')?.options).toMatchObject({ maxAttempts: 20 });
  });

  it.each<[string, unknown, unknown, string]>([
    ['no client', undefined, {}, 'the first argument of guardClient must be a client'],
    ['a string', 'x', {}, 'the first argument of guardClient'],
    ['a string as the configuration', client(), 'sk-secret', 'the second argument of guardClient'],
    ['null', client(), null, 'the second argument of guardClient'],
    ['a wrong configuration', client(), { retries: 3 }, 'retries is not known'],
  ])('%s is a ConfigError, and the client stays unchanged', (_, target, config, message) => {
    expect(() => guard(target as Client, config as HoldlineConfig)).toThrow(ConfigError);
    expect(() => guard(target as Client, config as HoldlineConfig)).toThrow(message);
    if (typeof target === 'object') expect(holdlineOf(target as object)).toBeUndefined();
  });

  it('leaves no attachment when it fails to attach', () => {
    const broken = defineAdapter<Client>({
      name: 'broken',
      attach: () => {
        throw new Error('not this version');
      },
    });
    const one = client();
    expect(() => broken(one)).toThrow('not this version');
    expect(holdlineOf(one)).toBeUndefined();
  });

  it.each([
    {},
    { name: 'x' },
    { attach: () => () => undefined },
    { name: '', attach: () => () => undefined },
    { name: 'x', attach: 1 },
    undefined,
  ])('the definition %j is a ConfigError', (definition) =>
    expect(() => defineAdapter(definition as never)).toThrow(ConfigError),
  );

  it('isHoldline accepts only lines', () => {
    expect(isHoldline(createHoldline())).toBe(true);
    for (const other of [undefined, null, {}, 'x', () => 1]) expect(isHoldline(other)).toBe(false);
  });
});
