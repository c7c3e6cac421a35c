import { describe, expect, it } from 'vitest';
import {
  callInfo,
  GrantError,
  TokenRefreshError,
  type AccessToken,
  type HoldlineConfig,
  type TokenOptions,
} from '../../index.js';
import { ORIGIN, setup, type Setup, type Step } from '../../line/transport.fixture.js';
import type { VirtualClock } from '../../testing.js';

const HOUR = 3_600_000;

/** A login host that grants t1, t2, … after `afterMs`, and records the times of the grants. */
function login(clock: () => VirtualClock, afterMs = 100, expiresInMs: number | undefined = HOUR) {
  const host = {
    at: [] as number[],
    /** Makes the grants fail. */
    fails: undefined as (() => Error) | undefined,
    last: '',
    async grant(): Promise<AccessToken> {
      host.at.push(clock().now());
      if (afterMs > 0) await new Promise<void>((resolve) => void clock().setTimer(afterMs, resolve));
      if (host.fails) throw host.fails();
      host.last = `t${host.at.length}`;
      return { accessToken: host.last, expiresInMs };
    },
  };
  return host;
}

function guarded(
  options: Partial<TokenOptions> = {},
  more: HoldlineConfig = {},
  script: Step[] | undefined = undefined,
  afterMs = 100,
  life: number | undefined = HOUR,
) {
  const host = login(() => it.clock, afterMs, life);
  const it: Setup = setup({
    governor: false,
    retry: false,
    breaker: false,
    token: { grant: host.grant, ...options },
    ...more,
  });
  // The platform accepts only the newest token.
  it.wire.script = script ?? ((sent) => (sent.headers['authorization'] === `Bearer ${host.last}` ? 200 : 401));
  return { ...it, host };
}

/** The message of a call without a token. */
const NO_TOKEN = (reason: string): RegExp => {
  const text = reason.replace(/[.()]/g, '\\$&');
  return new RegExp(`^GET /a was not sent: token\\.grant gave no access token \\(next try in [\\d.]+ m?s\\): ${text}$`);
};

describe('single flight', () => {
  it('a thousand calls without a token cost one grant, and each gets its answer', async () => {
    const { start, wire, clock, host } = guarded();
    const calls = Array.from({ length: 1_000 }, () => start());
    await clock.run();
    expect(host.at).toEqual([0]);
    expect(calls.every(({ value }) => (value as { status: number }).status === 200)).toBe(true);
    expect(new Set(wire.header('authorization'))).toEqual(new Set(['Bearer t1']));
    expect(wire.sent).toHaveLength(1_000);
  });

  it('a thousand concurrent 401s cost one grant, and one replay each (axios-retry#56)', async () => {
    const { start, run, wire, clock, host } = guarded();
    await run();
    host.last = 'revoked';
    const calls = Array.from({ length: 1_000 }, () => start());
    await clock.run();
    expect(host.at).toHaveLength(2);
    expect(wire.sent).toHaveLength(1 + 2_000);
    expect(calls.every(({ value }) => (value as { status: number }).status === 200)).toBe(true);
  });
});

describe('a grant that uses a client of the same line', () => {
  const login = { method: 'POST', url: `${ORIGIN}/oauth/token` };

  it('skips the policies, also after its first await, and waits for no token', async () => {
    const quotas = [{ limit: 1, windowMs: HOUR }];
    const it: Setup = setup({
      governor: { quotas },
      token: {
        grant: async () => {
          for (let i = 0; i < 2; i++) await it.start(login).promise;
          return { accessToken: 't1' };
        },
      },
    });
    const { value } = await it.run();
    expect(callInfo(value)).toMatchObject({ status: 200, attempts: 1, queuedMs: 0 });
    expect(it.wire.header('authorization')).toEqual([undefined, undefined, 'Bearer t1']);
    expect(it.line.snapshot()).toMatchObject({ calls: 0, queued: 0 });
  });

  it('does not exempt a request that starts after the end of the grant', async () => {
    let late: Promise<unknown> | undefined;
    let startLate = (): void => undefined;
    const it: Setup = setup({
      token: {
        grant: () => {
          late = new Promise<void>((resolve) => (startLate = resolve)).then(() => it.start().promise);
          return Promise.resolve({ accessToken: 't1' });
        },
      },
    });
    await it.run();
    startLate();
    await it.clock.run();
    await late;
    expect(it.wire.header('authorization')).toEqual(['Bearer t1', 'Bearer t1']);
  });
});

describe('a 401', () => {
  it('causes a refresh and one replay, which does not count as a retry', async () => {
    const { run, wire, host } = guarded({}, { retry: { maxAttempts: 1 } });
    await run();
    host.last = 'revoked';
    const { value } = await run({ method: 'POST' });
    expect(wire.header('authorization')).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
    expect(callInfo(value)).toMatchObject({ attempts: 2, refreshed: true, status: 200 });
  });

  it('library-lab §6: 503, 401, refresh, 503, 503 with two retries is four attempts on the wire', async () => {
    const { run, wire, host } = guarded({}, { retry: { maxAttempts: 3, jitter: 'none' } }, [503, 401, 503, 503, 200]);
    const { value } = await run();
    expect([wire.sent.length, host.at.length, value]).toEqual([4, 2, { status: 503 }]);
  });

  it('for an old epoch causes a replay without a refresh', async () => {
    const { start, run, wire, clock, host } = guarded();
    await run();
    wire.script = (sent) => {
      if (sent.request.endsWith('/late'))
        return { status: sent.headers['authorization'] === 'Bearer t1' ? 401 : 200, afterMs: 5_000 };
      return sent.headers['authorization'] === 'Bearer t1' ? 401 : 200;
    };
    const late = start({ url: '/late' });
    const early = start({ url: '/early' });
    await clock.run();
    expect([early.at, late.at].map((at) => (at as number) > 0)).toEqual([true, true]);
    expect(host.at).toHaveLength(2);
    expect(wire.table.map((row) => row.slice(row.indexOf(' ')))).toEqual([
      ' GET /a',
      ' GET /late',
      ' GET /early',
      ' GET /early',
      ' GET /late',
    ]);
  });

  it('causes no replay of a body that cannot be sent twice, but the next call has a new token', async () => {
    const { run, wire, host } = guarded();
    await run();
    host.last = 'revoked';
    const { value } = await run({ method: 'PUT', replayable: false });
    expect(value).toEqual({ status: 401 });
    await run();
    expect(wire.header('authorization')).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  });

  it('after the abort of its call causes no grant', async () => {
    const { start, run, wire, clock, host } = guarded();
    await run();
    wire.script = [{ status: 401, afterMs: 1_000 }];
    const abort = new AbortController();
    const call = start({ signal: abort.signal });
    await clock.advance(500);
    abort.abort(new Error('enough'));
    await clock.run();
    expect([(call.error as Error).message, wire.sent.length, host.at.length]).toEqual(['enough', 2, 1]);
  });

  it('causes no replay if the call is aborted during the refresh', async () => {
    const { start, run, wire, clock, host } = guarded({}, {}, undefined, 1_000);
    await run();
    host.last = 'revoked';
    const abort = new AbortController();
    const call = start({ signal: abort.signal });
    await clock.advance(500);
    abort.abort(new Error('enough'));
    await clock.advance(0);
    expect(call.at).toBe(clock.now());
    await clock.run();
    expect(wire.sent).toHaveLength(2);
  });

  it('that persists reaches the caller unchanged, and causes few grants', async () => {
    const { start, wire, clock, host } = guarded({}, {}, [401]);
    for (let i = 0; i < 600; i++) {
      const call = start();
      await clock.advance(1_000);
      expect(call.value).toEqual({ status: 401 });
    }
    expect(wire.sent.length).toBeGreaterThan(600);
    expect(host.at.length).toBeLessThan(25);
  });

  it('that persists on one route causes few grants, even if other routes accept every token', async () => {
    const { start, wire, clock, host } = guarded();
    wire.script = (sent) => (sent.request.endsWith('/forbidden') ? 401 : 200);
    for (let i = 0; i < 300; i++) {
      start({ url: '/fine' });
      start({ url: '/forbidden' });
      await clock.advance(1_000);
    }
    expect(host.at.length).toBeLessThan(20);
  });

  it('causes a refresh again after a token was accepted', async () => {
    const { run, wire, clock, host } = guarded({}, {}, [401]);
    for (let i = 0; i < 5; i++) await run();
    wire.script = [200];
    await run();
    const before = host.at.length;
    wire.script = (sent) => (sent.headers['authorization'] === `Bearer ${host.last}` ? 200 : 401);
    host.last = 'revoked';
    await clock.advance(1);
    expect((await run()).value).toEqual({ status: 200 });
    expect(host.at.length).toBe(before + 1);
  });
});

describe('renewal before the expiry', () => {
  it.each<[number, number | undefined, number]>([
    // lifetime, option, renewed from
    [HOUR, undefined, HOUR - 300_000],
    [60_000, undefined, 54_000],
    [HOUR, 60_000, HOUR - 60_000],
    [60_000, 300_000, 30_000],
  ])('a token of %i ms with refreshBeforeExpiryMs %s is renewed from %i ms on', async (life, before, from) => {
    const { start, clock, host } = guarded(
      before === undefined ? {} : { refreshBeforeExpiryMs: before },
      {},
      [200],
      0,
      life,
    );
    start();
    await clock.advance(from - 1);
    start();
    await clock.advance(0);
    expect(host.at).toHaveLength(1);
    await clock.advance(1);
    start();
    await clock.advance(0);
    expect(host.at).toHaveLength(2);
  });

  it('runs in the background: the call that starts it does not wait', async () => {
    const { start, wire, clock, host } = guarded({}, {}, [200]);
    start();
    await clock.advance(100 + HOUR - 200_000);
    const call = start();
    await clock.advance(0);
    expect(call.at).toBe(clock.now());
    expect(wire.header('authorization')).toEqual(['Bearer t1', 'Bearer t1']);
    expect(host.at).toHaveLength(2);
  });

  it('that fails does not affect calls while the old token is valid', async () => {
    const { start, clock, host, told } = guarded({}, {}, [200]);
    start();
    told('tokenRefreshFailed');
    await clock.advance(100 + HOUR - 200_000);
    host.fails = () => new Error('down');
    const calls = [start(), start()];
    await clock.advance(500);
    expect(calls.map(({ value }) => value)).toEqual([{ status: 200 }, { status: 200 }]);
    expect(told('tokenRefreshFailed')).toHaveLength(1);
    // No timer waits for the end of the back-off.
    start();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });

  it('does not run on an idle line, which has no timer', async () => {
    const { start, clock, host } = guarded({}, {}, [200]);
    start();
    await clock.run();
    expect(clock.pending).toBe(0);
    await clock.advance(10 * HOUR);
    expect(host.at).toHaveLength(1);
  });

  it('costs one grant if the token expires while calls wait for a permit, and no call is sent with the old token', async () => {
    const governor = { quotas: [{ limit: 1, windowMs: 10_000 }] };
    const { start, wire, clock, host } = guarded({ refreshBeforeExpiryMs: 0 }, { governor }, undefined, 100, 35_000);
    for (let i = 0; i < 6; i++) start();
    await clock.run();
    expect(host.at.length).toBe(2);
    expect(wire.header('authorization').filter((value) => value !== 'Bearer t1')).toHaveLength(2);
    for (const { at, headers } of wire.sent)
      expect(headers['authorization']).toBe(at < 35_100 ? 'Bearer t1' : 'Bearer t2');
  });
});

describe('a grant that fails', () => {
  it('fails all waiting calls, each with its own error, and backs off', async () => {
    const { start, wire, clock, host, told } = guarded();
    told('tokenRefreshFailed');
    host.fails = () => new Error('invalid client');
    const calls = Array.from({ length: 50 }, () => start());
    await clock.advance(200);
    expect(new Set(calls.map(({ error }) => error)).size).toBe(50);
    for (const { error } of calls) {
      expect(error).toBeInstanceOf(TokenRefreshError);
      expect(error).toMatchObject({
        code: 'HOLDLINE_TOKEN_REFRESH',
        route: 'GET /a',
        attempts: 0,
        message: expect.stringMatching(NO_TOKEN('invalid client')) as string,
      });
    }
    const retryAt = (calls[0]?.error as TokenRefreshError).retryAt as number;
    expect(retryAt).toBeGreaterThan(clock.wall());
    expect(told('tokenRefreshFailed')).toEqual([{ epoch: 0, retryAt, message: 'invalid client' }]);
    expect(wire.sent).toHaveLength(0);
    host.fails = undefined;
    const next = start();
    await clock.run();
    expect(next.value).toEqual({ status: 200 });
    expect(clock.wall()).toBeGreaterThanOrEqual(retryAt);
  });

  it('is not repeated before its back-off ends; a call during a long back-off fails immediately', async () => {
    const { start, clock, host } = guarded({}, {}, undefined, 0);
    host.fails = () => new Error('down');
    for (let i = 0; i < 1_200; i++) {
      start();
      await clock.advance(500);
    }
    // Ten minutes: 1, 2, 4 s … 60 s apart.
    expect(host.at.length).toBeLessThan(20);
    const call = start();
    await clock.advance(0);
    expect(call.error).toBeInstanceOf(TokenRefreshError);
    await clock.advance(60_000);
    host.fails = undefined;
    expect(
      (
        await (async () => {
          const c = start();
          await clock.run();
          return c;
        })()
      ).value,
    ).toEqual({ status: 200 });
  });

  it('with a retryable error runs up to three times', async () => {
    const { start, clock, host } = guarded({}, {}, undefined, 0);
    host.fails = () => new GrantError('busy', { retryable: true, retryAfterMs: 2_000 });
    const call = start();
    await clock.advance(3_000);
    host.fails = undefined;
    await clock.run();
    expect(host.at).toEqual([0, 2_000, 4_000]);
    expect(call.value).toEqual({ status: 200 });
  });

  it.each([NaN, -5, Infinity, '7' as never])('ignores retryAfterMs %s', async (retryAfterMs) => {
    const { start, clock, host, told } = guarded({}, {}, undefined, 0);
    told('tokenRefreshFailed');
    host.fails = () => new GrantError('busy', { retryable: true, retryAfterMs });
    start();
    await clock.advance(10_000);
    expect(host.at.length).toBe(3);
    expect(told('tokenRefreshFailed')[0]?.retryAt).toBeLessThan(clock.wall() + 10_000);
  });

  it('with a long retryAfterMs fails all calls immediately with retryAt', async () => {
    const { start, clock, host } = guarded({}, {}, undefined, 0);
    host.fails = () => new GrantError('rate limit exceeded', { retryable: true, retryAfterMs: 300_000 });
    const first = start();
    await clock.advance(1_000);
    const second = start();
    await clock.advance(0);
    const until = Date.UTC(2026, 0, 1) + 300_000;
    expect([first, second].map(({ error }) => (error as TokenRefreshError).retryAt)).toEqual([until, until]);
    expect(host.at).toEqual([0]);
  });

  it('without an answer ends after grantTimeoutMs', async () => {
    const { line, start, clock } = setup({
      governor: false,
      retry: false,
      token: { grant: () => new Promise(() => undefined), grantTimeoutMs: 5_000 },
    });
    const call = start();
    await clock.advance(4_999);
    expect([call.at, line.snapshot().token?.refreshing]).toEqual([undefined, true]);
    await clock.advance(1);
    expect(call.error).toMatchObject({
      name: 'TokenRefreshError',
      message: expect.stringMatching(NO_TOKEN('no answer within token.grantTimeoutMs (5 s)')) as string,
    });
    expect(line.snapshot().token?.refreshing).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it.each<[string, unknown]>([
    ['nothing usable', {}],
    ['null', null],
    ['a bare string', 'secret-token'],
    ['an empty token', { accessToken: '' }],
    ['a token that breaks out of its header', { accessToken: 'secret\r\nX: y' }],
    ['a lifetime in words', { accessToken: 'secret', expiresInMs: '3600' }],
    ['no lifetime at all', { accessToken: 'secret', expiresInMs: 0 }],
  ])('that resolves with %s fails, and its error does not show the result', async (_, granted) => {
    const { run, wire } = setup({
      governor: false,
      retry: false,
      token: { grant: () => Promise.resolve(granted as AccessToken) },
    });
    const { error } = await run();
    expect(error).toBeInstanceOf(TokenRefreshError);
    expect(String((error as Error).message)).not.toContain('secret');
    expect(wire.sent).toHaveLength(0);
  });

  it.each<[string, TokenOptions]>([
    ['returned', { grant: () => Promise.resolve({ accessToken: 'secret', expires_in: 3600 } as AccessToken) }],
    [
      'returned in a pool',
      {
        pool: [{ name: 'a', grant: () => Promise.resolve({ accessToken: 'secret', expires_in: 3600 } as AccessToken) }],
      },
    ],
    [
      'kept',
      {
        grant: async (input) => {
          await input?.keep({ accessToken: 'secret', expires_in: 3600 } as AccessToken);
          return { accessToken: 'a' };
        },
      },
    ],
  ])('that has %s an unknown key fails, and its error names the key and the allowed keys', async (_, token) => {
    const { run, wire } = setup({ governor: false, retry: false, token });
    const { error } = await run();
    const allowed = 'accessToken, expiresInMs, refreshToken';
    expect(error).toBeInstanceOf(TokenRefreshError);
    const reason = `token.grant().expires_in is not known; allowed here: ${allowed}`;
    expect((error as Error).message).toMatch(NO_TOKEN(reason));
    expect(wire.sent).toHaveLength(0);
  });

  it('that throws synchronously fails like any other', async () => {
    const { run, clock } = setup({
      governor: false,
      token: {
        grant: () => {
          throw new Error('bug');
        },
      },
    });
    expect((await run()).error).toBeInstanceOf(TokenRefreshError);
    expect(clock.pending).toBe(0);
  });

  it('without a credential leaves the header of the client and the 401 of the platform unchanged', async () => {
    const { run, wire, line } = setup(
      { governor: false, retry: false, token: { grant: () => Promise.resolve(undefined) } },
      [401],
    );
    const { value } = await run({ headers: { Authorization: 'Bearer own' } });
    expect(value).toEqual({ status: 401 });
    expect(wire.header('authorization')).toEqual(['Bearer own']);
    expect(callInfo(value)).toMatchObject({ attempts: 1, refreshed: false });
    expect(line.snapshot().token).toMatchObject({ epoch: 0, state: 'none' });
  });
});

describe('the origins of a token', () => {
  const evil = [
    'https://evil.test/a',
    'http://api.test/a',
    'https://api.test:8443/a',
    'https://api.test@evil.test/a',
    'https://api.test:443@evil.test/a',
    'https://evil.test\\@api.test/a',
    'https://evil.test?@api.test/a',
    'https://evil.test#@api.test/a',
    'https://api.test.evil.test/a',
    'https://api.test%2eevil.test/a',
    '//api.test/a',
    'api.test/a',
    'a?u=https://api.test',
    '',
  ];
  it.each(evil)('exclude %j, before and after a 401', async (url) => {
    for (const options of [{}, { origins: [ORIGIN] }]) {
      const { line, wire, clock, host } = guarded(options, {}, [401]);
      void line.run({ ...wire.request({ headers: { Authorization: 'own' } }), url }).catch(() => undefined);
      await clock.run();
      expect(wire.header('authorization')).toEqual(['own']);
      expect(host.at).toEqual([]);
    }
  });

  it.each(['', undefined, 'nonsense', '/a'])(
    'are empty if the client does not know its own origin (%s)',
    async (ownOrigin) => {
      for (const url of ['/a', 'https://api.test/a', 'nonsense']) {
        const { line, wire, clock, host } = guarded({}, {}, [401]);
        void line.run({ ...wire.request(), url, ownOrigin });
        await clock.run();
        expect([wire.header('authorization'), host.at]).toEqual([[undefined], []]);
      }
    },
  );

  it.each([
    'https://API.test/a',
    'https://api.test:443/a',
    'HTTPS://api.test/a',
    'https://user:pw@api.test/a',
    'https:\\\\api.test/a',
  ])('include %s, which is the same origin', async (url) => {
    const { line, wire, clock } = guarded({}, {}, [200]);
    void line.run({ ...wire.request({ ownOrigin: 'https://Api.Test:443' }), url });
    await clock.run();
    expect(wire.header('authorization')).toEqual(['Bearer t1']);
  });

  it('are only those of token.origins if given, without the own origin', async () => {
    const { run, wire } = guarded({ origins: ['https://Login.test:443/'] }, {}, [200]);
    await run({ url: 'https://login.test/x' });
    await run({ url: '/a' });
    expect(wire.header('authorization')).toEqual(['Bearer t1', undefined]);
  });
});

describe('the token of the client itself', () => {
  it('is adopted when the application sets it, and starts a new epoch', async () => {
    let own: { accessToken: string } | undefined = { accessToken: 'mine' };
    const { run, wire, host, line } = guarded({ current: () => own }, {}, [200]);
    await run();
    own = { accessToken: 'mine2' };
    await run();
    own = undefined;
    await run();
    expect(wire.header('authorization')).toEqual(['Bearer mine', 'Bearer mine2', 'Bearer mine2']);
    expect([host.at.length, line.snapshot().token?.epoch]).toEqual([0, 2]);
  });

  it('does not replace a granted token if it is unchanged', async () => {
    const { run, wire, host } = guarded({ current: () => ({ accessToken: 'stale' }) });
    await run();
    await run();
    expect(wire.header('authorization')).toEqual(['Bearer stale', 'Bearer t1', 'Bearer t1']);
    expect(host.at).toHaveLength(1);
  });

  it('expires after its own lifetime', async () => {
    const { start, wire, clock } = guarded({ current: () => ({ accessToken: 'mine', expiresInMs: 1_000 }) }, {}, [200]);
    start();
    await clock.advance(1_000);
    start();
    await clock.run();
    expect(wire.header('authorization')).toEqual(['Bearer mine', 'Bearer t1']);
  });

  it.each([
    () => {
      throw new Error('not logged in');
    },
    () => ({ accessToken: '' }),
    () => ({ accessToken: 7 }),
    () => ({}),
  ])('is ignored if it is unusable (%#)', async (current) => {
    const { run, wire } = guarded({ current: current as never });
    await run();
    expect(wire.header('authorization')).toEqual(['Bearer t1']);
  });

  it('reaches every listener after a grant; a listener that throws or rejects affects neither calls nor other listeners', async () => {
    const tokens: string[] = [];
    const { line, run, host } = guarded({
      onToken: () => {
        throw new Error('cannot write');
      },
    });
    line.onToken((async () => {
      throw new Error('cannot either');
    }) as never);
    const stop = line.onToken(({ accessToken }) => void tokens.push(accessToken));
    expect((await run()).value).toEqual({ status: 200 });
    stop();
    host.last = 'revoked';
    expect((await run()).value).toEqual({ status: 200 });
    expect(tokens).toEqual(['t1']);
    expect(line.snapshot().listenerFailures).toBe(4);
  });

  it('reaches onToken together with a rotated refresh token', async () => {
    const told: AccessToken[] = [];
    const { run } = setup({
      token: {
        grant: () => Promise.resolve({ accessToken: 'a', refreshToken: 'r', expiresInMs: 9 }),
        onToken: (token) => void told.push(token),
      },
    });
    await run();
    expect(told).toEqual([{ accessToken: 'a', refreshToken: 'r', expiresInMs: 9 }]);
  });
});

describe('events and snapshots', () => {
  it('contain epochs and times, never a token', async () => {
    const { run, told, line, clock } = guarded();
    const without = { ageMs: undefined, expiresInMs: undefined, renewsInMs: undefined };
    expect(line.snapshot().token).toEqual({ epoch: 0, state: 'none', ...without, refreshing: false });
    told('tokenRefreshed');
    await run();
    expect(told('tokenRefreshed')).toEqual([{ epoch: 1, expiresInMs: HOUR, tookMs: 100 }]);
    const times = { ageMs: 0, expiresInMs: HOUR, renewsInMs: HOUR - 5 * 60_000 };
    expect(line.snapshot().token).toEqual({ epoch: 1, state: 'valid', ...times, refreshing: false });
    await clock.advance(1_000);
    const later = { ageMs: 1_000, expiresInMs: HOUR - 1_000, renewsInMs: HOUR - 5 * 60_000 - 1_000 };
    expect(line.snapshot().token).toMatchObject(later);
    await clock.advance(HOUR);
    expect(line.snapshot().token).toMatchObject({ state: 'expired', expiresInMs: 0, renewsInMs: 0 });
  });
});
