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

/** A platform that hands out `a1`, `a2`, … and counts what each credential was asked. */
class Login {
  readonly granted: string[] = [];
  /** The newest token of each credential; the platform takes these. */
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

describe('spreading', () => {
  it('is even: equals take turns', async () => {
    const { run, by } = pooled(['a', 'b', 'c']);
    for (let i = 0; i < 6; i++) await run();
    expect(by()).toEqual(['a1', 'b1', 'c1', 'a1', 'b1', 'c1']);
  });

  it('goes by the credential with the fewest calls under way', async () => {
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

  it('counts a quota of the credential for each, and one of the tenant for all', async () => {
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

  it('leaves a request with a credential of its own alone', async () => {
    const { line, wire, by, clock } = pooled();
    const request = wire.request({ headers: { Authorization: 'Bearer guest' } });
    const ended = line.run({ ...request, ownCredential: true });
    await clock.run();
    await ended;
    expect(by()).toEqual(['guest']);
  });

  it('takes back what every attempt counted, whatever became of it', async () => {
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
  it('sends the call by another credential at once, and comes back renewed', async () => {
    const { run, by, login, told, line, start, clock } = pooled();
    const aside = told('credentialSetAside');
    const back = told('credentialBack');
    await run();
    await run();
    login.valid.set('a', 'revoked');
    const calls = [start(), start(), start()];
    await clock.advance(50);
    // a is being renewed: its calls went by b.
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

  it('of all credentials is survived by one wait for one renewal', async () => {
    const { run, login, by } = pooled();
    await run();
    await run();
    login.valid.set('a', 'revoked').set('b', 'revoked');
    const { value } = await run();
    expect(value).toEqual({ status: 200 });
    expect(by().slice(2)).toEqual(['a1', 'b1', 'a2']);
  });

  // Found by a review: the next call went by it, and was refused once more.
  it('that is the second to be refused is set aside and renewed too', async () => {
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

  it('of the only credential waits for its renewal', async () => {
    const { run, login, by } = pooled(['a']);
    await run();
    login.valid.set('a', 'revoked');
    expect((await run()).value).toEqual({ status: 200 });
    expect(by()).toEqual(['a1', 'a1', 'a2']);
  });

  it('is not what a route means that refuses every token: grants become rare', async () => {
    const { run, wire, login } = pooled();
    wire.script = [401];
    for (let i = 0; i < 20; i++) expect((await run()).value).toEqual({ status: 401 });
    expect(login.granted.length).toBeLessThan(10);
  });

  it('does not send a body twice that cannot be', async () => {
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

  it('again and again sets a credential aside, renews it, and sends what comes by another', async () => {
    const { run, wire, by, login, told } = pooled(['a', 'b'], { retry: false });
    const aside = told('credentialSetAside');
    wire.script = throttled('a');
    for (let i = 0; i < 6; i++) await run();
    expect(aside).toEqual([{ credential: 'a', reason: 'throttled' }]);
    expect(login.granted).toEqual(['a1', 'b1', 'a2']);
    expect(by()).toEqual(['a1', 'b1', 'a1', 'b1', 'a1', 'b1']);
  });

  it('counts anew after an answer, and goes as far as the option says', async () => {
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

  // Found by a review: it was renewed for nothing, and told as out of work while all went by it.
  it('sets the only credential not aside', async () => {
    const { run, wire, told, login, line } = pooled(['a'], { retry: false });
    const aside = told('credentialSetAside');
    wire.script = [{ status: 429, headers: { 'retry-after': '1' } }];
    for (let i = 0; i < 10; i++) await run();
    expect({ aside, granted: login.granted }).toEqual({ aside: [], granted: ['a1'] });
    expect(line.snapshot().credentials[0]?.setAside).toBe(false);
  });

  it('retries a refused call by the other credential, without a wait of its own', async () => {
    const { run, wire, by } = pooled();
    wire.script = throttled('a');
    const { value, at } = await run();
    expect(value).toEqual({ status: 200 });
    expect(by()).toEqual(['a1', 'b1']);
    expect(at).toBe(200);
  });
});

describe('grants', () => {
  it('that use a client of the same line pass by the policies, each for itself', async () => {
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
  it('costs nobody a call while another has one', async () => {
    const { start, clock, login, by, told } = pooled();
    const aside = told('credentialSetAside');
    login.fails.add('a');
    const calls = Array.from({ length: 10 }, () => start());
    await clock.run();
    expect(calls.every(({ value }) => (value as { status: number }).status === 200)).toBe(true);
    expect(new Set(by())).toEqual(new Set(['b1']));
    expect(aside[0]).toEqual({ credential: 'a', reason: 'no token' });
  });

  it('fails its callers where no other has one', async () => {
    const { run, login } = pooled();
    login.fails.add('a').add('b');
    const { error } = await run();
    expect(error).toBeInstanceOf(TokenRefreshError);
  });

  it('is asked once per call, also by a login host that says "again at once" or nothing at all', async () => {
    for (const [answer, tries] of [
      [() => Promise.reject(new GrantError('busy', { retryable: true, retryAfterMs: 0 })), 3],
      [() => new Promise<never>(() => undefined), 1],
    ] as const) {
      const asked: string[] = [];
      // Ends also where the pool would not.
      const grant = (name: string) => () => (asked.push(name) > 50 ? Promise.reject(new Error('endless')) : answer());
      const { run } = setup({ token: { pool: ['a', 'b', 'c'].map((name) => ({ name, grant: grant(name) })) } });
      const { error } = await run();
      expect(error).toBeInstanceOf(TokenRefreshError);
      expect(asked.sort().join('')).toBe(['a', 'b', 'c'].map((name) => name.repeat(tries)).join(''));
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
  ])('%j is refused, naming the key', (token, key) => {
    expect(() => createHoldline({ token: token as TokenOptions })).toThrow(ConfigError);
    expect(() => createHoldline({ token: token as TokenOptions })).toThrow(key);
  });

  it('a pool takes the place of the single credential of a preset', () => {
    const pool = [{ name: 'a', grant }];
    expect(mergeConfig({ token: { grant, current: () => undefined } }, { token: { pool } }).token).toEqual({ pool });
  });

  it('is shown without tokens', async () => {
    const { run, line } = pooled(['a']);
    expect(line.explain({ method: 'GET', url: 'https://api.test/a' }).now.token).toBe('none');
    await run();
    expect(line.snapshot().credentials).toEqual([
      {
        credential: 'a',
        epoch: 1,
        state: 'valid',
        expiresInMs: 3_600_000,
        refreshing: false,
        active: 0,
        setAside: false,
      },
    ]);
  });
});
