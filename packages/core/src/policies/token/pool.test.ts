import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccessToken,
  ConfigError,
  createHoldline,
  GrantError,
  type HoldlineConfig,
  mergeConfig,
  type TokenOptions,
  TokenRefreshError,
} from '../../index.js';
import { setup, type Setup, type Step } from '../../line/transport.fixture.js';

/** A login host that grants `a1`, `a2`, … to credential `a`, and records the grants. */
class Login {
  readonly granted: string[] = [];
  /** The newest token of each credential. The platform accepts only these. */
  readonly valid = new Map<string, string>();
  fails = new Set<string>();
  afterMs = 100;
  it!: Setup;

  grant(name: string): () => Promise<AccessToken> {
    return async () => {
      await new Promise<void>((resolve) => void this.it.clock.setTimer(this.afterMs, resolve));
      if (this.fails.has(name)) throw new GrantError('wrong key', { retryable: false });
      const token = `${name}${this.granted.filter((one) => one.startsWith(name)).length + 1}`;
      this.granted.push(token);
      this.valid.set(name, token);
      return { accessToken: token, expiresInMs: 3_600_000 };
    };
  }
}

function pooled(
  names: string[] = ['a', 'b'],
  more: HoldlineConfig = {},
  options: Partial<TokenOptions> = {},
): Setup & { login: Login; by(): string[] } {
  const login = new Login();
  const it = setup({
    breaker: false,
    token: { pool: names.map((name) => ({ name, grant: login.grant(name) })), ...options },
    ...more,
  });
  login.it = it;
  it.wire.script = (sent): Step =>
    [...login.valid.values()].some((token) => sent.headers['authorization'] === `Bearer ${token}`) ? 200 : 401;
  const by = (): string[] => it.wire.header('authorization').map((value) => (value ?? 'none').replace('Bearer ', ''));
  return { ...it, login, by };
}

describe('the calls of a pool', () => {
  it('take turns among equally busy credentials', async () => {
    const { run, by } = pooled(['a', 'b', 'c']);
    for (let i = 0; i < 6; i++) await run();
    expect(by()).toEqual(['a1', 'b1', 'c1', 'a1', 'b1', 'c1']);
  });

  it('use the credential with the fewest calls in flight', async () => {
    const { start, wire, clock, by } = pooled();
    wire.script = ({ headers }) =>
      headers['authorization'] === 'Bearer a1' ? { status: 200, afterMs: 10_000 } : { status: 200, afterMs: 10 };
    start();
    start();
    await clock.advance(500);
    for (let i = 0; i < 4; i++) {
      start();
      await clock.advance(100);
    }
    expect(by()).toEqual(['a1', 'b1', 'b1', 'b1', 'b1', 'b1']);
  });

  it('share a tenant quota; a credential quota counts for each credential', async () => {
    const quota = { limit: 2, windowMs: 60_000, enforcement: 'sliding' as const };
    for (const [scope, at0] of [
      ['credential', 4],
      ['tenant', 2],
    ] as const) {
      const { start, wire, clock } = pooled(['a', 'b'], { governor: { quotas: [{ ...quota, scope }] } });
      for (let i = 0; i < 8; i++) start();
      await clock.advance(1_000);
      expect(wire.sent.length).toBe(at0);
    }
  });

  it('keep the credential that the request itself has', async () => {
    const { line, wire, by, clock } = pooled();
    const request = wire.request({ headers: { Authorization: 'Bearer guest' } });
    const ended = line.run({ ...request, ownCredential: true });
    await clock.run();
    await ended;
    expect(by()).toEqual(['guest']);
  });

  it('leave no credential active after any outcome', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<Step>(200, 401, 429, 'reset', 'refused', 500), { minLength: 1, maxLength: 30 }),
        async (script) => {
          const { start, wire, clock, line } = pooled(['a', 'b', 'c']);
          wire.script = (sent) => script[wire.sent.indexOf(sent) % script.length] as Step;
          for (let i = 0; i < 10; i++) start();
          await clock.run();
          expect(line.snapshot().credentials.map(({ active }) => active)).toEqual([0, 0, 0]);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a revoked token', () => {
  it('makes the call use another credential immediately, and is renewed', async () => {
    const { run, by, login, told, line, start, clock } = pooled();
    const aside = told('credentialSetAside');
    const back = told('credentialBack');
    await run();
    await run();
    login.valid.set('a', 'revoked');
    const calls = [start(), start(), start()];
    await clock.advance(50);
    // Credential a is being renewed, so its calls used b.
    expect(calls.every(({ value }) => (value as { status: number } | undefined)?.status === 200)).toBe(true);
    expect(by().slice(2)).toEqual(['a1', 'b1', 'a1', 'b1', 'b1']);
    expect(line.snapshot().credentials.map(({ setAside }) => setAside)).toEqual([true, false]);
    await clock.run();
    await run();
    await run();
    expect(by().slice(-2).sort()).toEqual(['a2', 'b1']);
    expect(aside).toEqual([{ credential: 'a', reason: 'revoked' }]);
    expect(back).toEqual([{ credential: 'a' }]);
    expect(login.granted).toEqual(['a1', 'b1', 'a2']);
  });

  it('of all credentials costs one wait for one renewal', async () => {
    const { run, login, by } = pooled();
    await run();
    await run();
    login.valid.set('a', 'revoked').set('b', 'revoked');
    const { value } = await run();
    expect(value).toEqual({ status: 200 });
    expect(by().slice(2)).toEqual(['a1', 'b1', 'a2']);
  });

  // Found by a review: the next call used the same credential, and was refused again.
  it('of the second credential of a call is set aside and renewed too', async () => {
    const { run, login, by, told } = pooled(['a', 'b', 'c']);
    const aside = told('credentialSetAside');
    for (let i = 0; i < 3; i++) await run();
    login.valid.set('a', 'revoked').set('b', 'revoked');
    await run();
    expect(aside).toEqual([
      { credential: 'a', reason: 'revoked' },
      { credential: 'b', reason: 'revoked' },
    ]);
    for (let i = 0; i < 3; i++) await run();
    expect(by().slice(3)).toEqual(['a1', 'b1', 'a2', 'b2', 'c1', 'a2']);
    expect(login.granted).toEqual(['a1', 'b1', 'c1', 'a2', 'b2']);
  });

  it('of the only credential makes the call wait for the renewal', async () => {
    const { run, login, by } = pooled(['a']);
    await run();
    login.valid.set('a', 'revoked');
    expect((await run()).value).toEqual({ status: 200 });
    expect(by()).toEqual(['a1', 'a1', 'a2']);
  });

  it('is not renewed for every 401 of a route that refuses all tokens', async () => {
    const { run, wire, login } = pooled();
    wire.script = [401];
    for (let i = 0; i < 20; i++) expect((await run()).value).toEqual({ status: 401 });
    expect(login.granted.length).toBeLessThan(10);
  });

  it('causes no replay of a body that cannot be sent twice', async () => {
    const { run, login, by } = pooled();
    await run();
    login.valid.set('b', 'revoked');
    await run({ method: 'POST', replayable: false });
    expect(by()).toHaveLength(2);
    expect((await run()).value).toEqual({ status: 200 });
  });
});

describe('throttling', () => {
  const throttled = (name: string) => (sent: { headers: Record<string, string> }) =>
    sent.headers['authorization']?.startsWith(`Bearer ${name}`)
      ? { status: 429, headers: { 'retry-after': '1' } }
      : ({ status: 200 } as const);

  it('three times in a row sets a credential aside, renews it, and sends further calls with another one', async () => {
    const { run, wire, by, login, told } = pooled(['a', 'b'], { retry: false });
    const aside = told('credentialSetAside');
    wire.script = throttled('a');
    for (let i = 0; i < 6; i++) await run();
    expect(aside).toEqual([{ credential: 'a', reason: 'throttled' }]);
    expect(login.granted).toEqual(['a1', 'b1', 'a2']);
    expect(by()).toEqual(['a1', 'b1', 'a1', 'b1', 'a1', 'b1']);
  });

  it('restarts its count after an answer, and uses throttlesUntilSetAside', async () => {
    const { run, wire, told } = pooled(['a', 'b'], { retry: false }, { throttlesUntilSetAside: 2 });
    const aside = told('credentialSetAside');
    const refusal = { status: 429, headers: { 'retry-after': '1' } };
    const ofA: Step[] = [refusal, 200, refusal, 200, refusal, refusal, 200];
    wire.script = ({ headers }) => (headers['authorization'] === 'Bearer a1' ? (ofA.shift() as Step) : 200);
    for (let i = 0; i < 10; i++) await run();
    expect(aside).toEqual([]);
    for (let i = 0; i < 2; i++) await run();
    expect(aside).toEqual([{ credential: 'a', reason: 'throttled' }]);
  });

  // Found by a review: it was renewed without need, and reported as set aside while all calls used it.
  it('does not set the only credential aside', async () => {
    const { run, wire, told, login, line } = pooled(['a'], { retry: false });
    const aside = told('credentialSetAside');
    wire.script = [{ status: 429, headers: { 'retry-after': '1' } }];
    for (let i = 0; i < 10; i++) await run();
    expect({ aside, granted: login.granted }).toEqual({ aside: [], granted: ['a1'] });
    expect(line.snapshot().credentials[0]?.setAside).toBe(false);
  });

  it('retries a refused call with the other credential, without a delay', async () => {
    const { run, wire, by } = pooled();
    wire.script = throttled('a');
    const { value, at } = await run();
    expect(value).toEqual({ status: 200 });
    expect(by()).toEqual(['a1', 'b1']);
    expect(at).toBe(200);
  });
});

describe('grants', () => {
  it('that use a client of the same line skip its policies', async () => {
    const it: Setup = setup({
      token: {
        pool: ['a', 'b'].map((name) => ({
          name,
          grant: async () => {
            await it.start({ method: 'POST', url: '/oauth/token' }).promise;
            return { accessToken: name };
          },
        })),
      },
    });
    for (let i = 0; i < 2; i++) expect((await it.run()).value).toEqual({ status: 200 });
    expect(it.wire.header('authorization')).toEqual([undefined, 'Bearer a', undefined, 'Bearer b']);
  });
});

describe('a credential that gets no token', () => {
  it('fails no call while another credential has a token', async () => {
    const { start, clock, login, by, told } = pooled();
    const aside = told('credentialSetAside');
    login.fails.add('a');
    const calls = Array.from({ length: 10 }, () => start());
    await clock.run();
    expect(calls.every(({ value }) => (value as { status: number }).status === 200)).toBe(true);
    expect(new Set(by())).toEqual(new Set(['b1']));
    expect(aside[0]).toEqual({ credential: 'a', reason: 'no token' });
  });

  it('fails the call if no other credential has a token', async () => {
    const { run, login } = pooled();
    login.fails.add('a').add('b');
    const { error } = await run();
    expect(error).toBeInstanceOf(TokenRefreshError);
  });

  it('runs its grant once per call, also if the login host answers "retry immediately" or never', async () => {
    for (const [answer, tries] of [
      [() => Promise.reject(new GrantError('busy', { retryable: true, retryAfterMs: 0 })), 3],
      [() => new Promise<never>(() => undefined), 1],
    ] as const) {
      const grants: string[] = [];
      // Stops the test if the pool does not stop.
      const grant = (name: string) => () => (grants.push(name) > 50 ? Promise.reject(new Error('endless')) : answer());
      const { run } = setup({ token: { pool: ['a', 'b', 'c'].map((name) => ({ name, grant: grant(name) })) } });
      const { error } = await run();
      expect(error).toBeInstanceOf(TokenRefreshError);
      expect(grants.sort().join('')).toBe(['a', 'b', 'c'].map((name) => name.repeat(tries)).join(''));
    }
  });
});

describe('options', () => {
  const grant = async (): Promise<AccessToken> => ({ accessToken: 't' });

  it.each<[unknown, RegExp]>([
    [{}, /token\.grant/],
    [{ pool: [] }, /token\.pool/],
    [{ pool: [{ grant }] }, /token\.pool\[0\]\.name/],
    [{ pool: [{ name: 'a' }] }, /token\.pool\[0\]\.grant/],
    [
      {
        pool: [
          { name: 'a', grant },
          { name: 'a', grant },
        ],
      },
      /token\.pool\[1\]\.name/,
    ],
    [{ pool: [{ name: 'a', grant, secret: 's' }] }, /token\.pool\[0\]\.secret/],
    [{ pool: [{ name: 'a', grant }], grant }, /token\.grant/],
    [{ pool: [{ name: 'a', grant }], current: () => undefined }, /token\.current/],
    [{ pool: [{ name: 'a', grant }], throttlesUntilSetAside: 0 }, /throttlesUntilSetAside/],
  ])('%j gives a ConfigError that names the key', (token, key) => {
    expect(() => createHoldline({ token: token as TokenOptions })).toThrow(ConfigError);
    expect(() => createHoldline({ token: token as TokenOptions })).toThrow(key);
  });

  it('a pool replaces the single credential of a preset', () => {
    const pool = [{ name: 'a', grant }];
    expect(mergeConfig({ token: { grant, current: () => undefined } }, { token: { pool } }).token).toEqual({ pool });
  });

  it('the snapshot shows no tokens', async () => {
    const { run, line } = pooled(['a']);
    expect(line.explain({ method: 'GET', url: 'https://api.test/a' }).now.token).toBe('none');
    await run();
    expect(line.snapshot().credentials).toEqual([
      {
        credential: 'a',
        epoch: 1,
        state: 'valid',
        ageMs: 0,
        expiresInMs: 3_600_000,
        renewsInMs: 3_300_000,
        refreshing: false,
        active: 0,
        setAside: false,
      },
    ]);
  });
});
