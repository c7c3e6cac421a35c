import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccessToken,
  ConfigError,
  createHoldline,
  type Grant,
  type Holdline,
  memoryStore,
  type TokenOptions,
} from '../../index.js';
import { Wire, type Running, track } from '../../line/transport.fixture.js';
import { seededRandom, VirtualClock } from '../../testing.js';
import { identityOf } from './identity.js';
import { RotatingHost, SharedTokens } from './shared-tokens.fixture.js';

/** One process: a line on the shared store, and a platform that takes the access tokens of `host`. */
class Process {
  readonly line: Holdline;
  readonly wire: Wire;

  constructor(
    readonly clock: VirtualClock,
    tokens: SharedTokens,
    token: TokenOptions,
    isAlive: (token: string) => boolean,
    seed = 1,
  ) {
    this.line = createHoldline({
      clock,
      random: seededRandom(seed),
      store: { journal: memoryStore().journal, tokens, salt: 'salt' },
      governor: false,
      retry: false,
      breaker: false,
      token,
    });
    this.wire = new Wire(clock, ({ headers }) => (isAlive((headers['authorization'] ?? '').slice(7)) ? 200 : 401));
  }

  call(): Running {
    return track(this.clock, this.line.run(this.wire.request()));
  }

  async status(): Promise<unknown> {
    const call = this.call();
    await this.clock.advance(60_000);
    return (call.value as { status: number } | undefined)?.status ?? (call.error as Error | undefined)?.message;
  }
}

function fleet(count: number, tokenOf?: (i: number, host: RotatingHost) => TokenOptions) {
  const clock = new VirtualClock();
  const tokens = new SharedTokens(clock);
  const host = new RotatingHost(clock);
  const isAlive = (token: string): boolean => host.alive.has(token);
  const processes = Array.from(
    { length: count },
    (_, i) => new Process(clock, tokens, tokenOf?.(i, host) ?? { grant: host.grant() }, isAlive, i + 1),
  );
  return { clock, tokens, host, processes: processes as [Process, ...Process[]] };
}

describe('the name of a credential in the store (issue 13, b02)', () => {
  const grantOf = (client: string, secret: string, count: { n: number }): Grant =>
    Object.assign(() => Promise.resolve({ accessToken: `${client}-${++count.n}`, expiresInMs: 3_600_000 }), {
      identity: () => identityOf('client credentials', 'https://login.test', client, secret),
    });

  it('derives from login host, client and secret: two organisations never have one token', async () => {
    const clock = new VirtualClock();
    const tokens = new SharedTokens(clock);
    const dead = new Set<string>();
    const made = (client: string, secret = 's'): Process & { grants: { n: number } } => {
      const grants = { n: 0 };
      const token = { grant: grantOf(client, secret, grants) };
      return Object.assign(new Process(clock, tokens, token, (access) => access !== '' && !dead.has(access)), {
        grants,
      });
    };
    const [a1, a2, b, thief] = [made('a'), made('a'), made('b'), made('a', 'guessed')] as const;
    for (const one of [a1, a2, b, thief]) expect(await one.status()).toBe(200);
    expect(a1.wire.header('authorization')).toEqual(['Bearer a-1']);
    expect(a2.wire.header('authorization')).toEqual(['Bearer a-1']);
    expect(a2.grants.n).toBe(0);
    expect(b.wire.header('authorization')).toEqual(['Bearer b-1']);
    // Who only names the client of somebody else fetches for himself.
    expect(thief.grants.n).toBe(1);
    expect(tokens.entries.size).toBe(3);
    expect([...tokens.entries.keys()].join()).not.toMatch(/client|login|guessed/);
    dead.add('a-1');
    await a1.status();
    await b.status();
    expect(b.wire.header('authorization')).toEqual(['Bearer b-1', 'Bearer b-1']);
  });

  it('is what token.name says, and a grant that nothing identifies is refused where tokens are shared', async () => {
    const clock = new VirtualClock();
    const tokens = new SharedTokens(clock);
    const grant = (): Promise<AccessToken> => Promise.resolve({ accessToken: 't' });
    const store = { journal: memoryStore().journal, tokens };
    expect(() => createHoldline({ store, token: { grant } })).toThrow(ConfigError);
    expect(() => createHoldline({ store, token: { grant } })).toThrow(/^token\.name must be a name of the credential/);
    expect(() => createHoldline({ store, token: { pool: [{ name: 'a', grant }] } })).toThrow(ConfigError);
    expect(() => createHoldline({ token: { grant } })).not.toThrow();
    const lines = ['acme', 'acme', 'beta'].map((name) => new Process(clock, tokens, { name, grant }, () => true));
    for (const one of lines) await one.status();
    expect(tokens.entries.size).toBe(2);
    const pool = [
      { name: 'a', grant },
      { name: 'b', grant },
    ];
    const pooled = new Process(clock, tokens, { name: 'acme', pool }, () => true);
    await pooled.status();
    await pooled.status();
    expect(tokens.entries.size).toBe(4);
  });

  it('follows a login with another credential, and shares nothing before the first', async () => {
    const clock = new VirtualClock();
    const tokens = new SharedTokens(clock);
    let client: string | undefined;
    let n = 0;
    const grant = Object.assign(() => Promise.resolve({ accessToken: `${client}-${++n}` }), {
      identity: () => client && identityOf(client),
    });
    let dead = '';
    const one = new Process(clock, tokens, { grant }, (token) => token !== dead);
    await one.status();
    expect(tokens.entries.size).toBe(0);
    client = 'a';
    dead = 'undefined-1';
    await one.status();
    expect([...tokens.entries.values()].map(({ token }) => token?.accessToken)).toEqual(['a-2']);
    client = 'b';
    dead = 'a-2';
    await one.status();
    expect([...tokens.entries.values()].map(({ token }) => token?.accessToken)).toEqual(['a-2', 'b-3']);
    expect(tokens.listening).toBe(1);
    await one.line.close();
    expect(tokens.listening).toBe(0);
  });
});

it('a store does not keep a line that nobody uses any more (issue 13, a05)', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const clock = new VirtualClock();
  const tokens = new SharedTokens(clock);
  let collected = 0;
  const registry = new FinalizationRegistry(() => collected++);
  const use = async (name: string): Promise<void> => {
    const one = new Process(clock, tokens, { name, grant: () => Promise.resolve({ accessToken: 't' }) }, () => true);
    registry.register(one.line, undefined);
    await one.status();
  };
  for (let i = 0; i < 50; i++) await use(`user ${i}`);
  for (let i = 0; i < 20 && collected < 45; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    gc();
  }
  expect(collected).toBeGreaterThanOrEqual(45);
  tokens.back();
  await clock.advance(0);
  expect(tokens.listening).toBeLessThanOrEqual(5);
});

describe('rotating refresh tokens over a fleet (issue 13, b04)', () => {
  it('the refresh token of the store is used, whoever rotated it', async () => {
    const { processes, host } = fleet(3);
    for (const one of processes) expect(await one.status()).toBe(200);
    for (let i = 0; i < 12; i++) {
      host.alive.clear();
      expect(await (processes[i % 3] as Process).status()).toBe(200);
    }
    expect(host).toMatchObject({ accepted: 13, refused: 0 });
  });

  it('is written to the store before anything else happens with it: a process that dies a moment later loses nothing', async () => {
    const died = new Promise<never>(() => undefined);
    const { processes, host, clock, tokens } = fleet(2, (i, of) => ({
      grant: of.grant('rt-0', i === 0 ? () => died : undefined),
    }));
    processes[0].call();
    await clock.advance(1_000);
    expect([...tokens.entries.values()][0]?.token?.refreshToken).toBe('rt-1');
    host.alive.clear();
    expect(await processes[1]?.status()).toBe(200);
    expect(host).toMatchObject({ accepted: 2, refused: 0 });
  });

  it('a token that came while the store was lost is written there when it is back', async () => {
    const { processes, host, tokens, clock } = fleet(2);
    for (const one of processes) await one.status();
    host.alive.clear();
    tokens.isLost = true;
    expect(await processes[0].status()).toBe(200);
    expect(host.valid).toBe('rt-2');
    tokens.back();
    await clock.advance(1_000);
    expect([...tokens.entries.values()][0]?.token?.refreshToken).toBe('rt-2');
    host.alive.clear();
    expect(await processes[1]?.status()).toBe(200);
    expect(host.refused).toBe(0);
  });

  it('a put that fails is made up for', async () => {
    const { processes, host, tokens, clock } = fleet(2);
    for (const one of processes) await one.status();
    host.alive.clear();
    tokens.failingPuts = 2;
    expect(await processes[0].status()).toBe(200);
    await clock.advance(10_000);
    expect([...tokens.entries.values()][0]?.token?.refreshToken).toBe('rt-2');
    host.alive.clear();
    expect(await processes[1]?.status()).toBe(200);
    expect(host.refused).toBe(0);
  });

  it('a store that went back in time does not undo it', async () => {
    const { processes, host, tokens } = fleet(2);
    for (const one of processes) await one.status();
    const [name, entry] = [...tokens.entries][0] as [
      string,
      typeof tokens.entries extends Map<string, infer E> ? E : never,
    ];
    const old = structuredClone(entry);
    host.alive.clear();
    await processes[0].status();
    tokens.entries.set(name, { ...old, fence: entry.fence });
    host.alive.clear();
    // What it has used up it knows to be older than its own.
    expect(await processes[0].status()).toBe(200);
    expect(host.refused).toBe(0);
    host.alive.clear();
    expect(await processes[1]?.status()).toBe(200);
    expect(host.refused).toBe(0);
  });

  it('a process that starts with a newer one than the store has comes through with it', async () => {
    const { processes, host } = fleet(2, (i, of) => ({ name: 'user', grant: of.grant(i === 0 ? 'rt-0' : 'rt-5') }));
    await processes[0].status();
    // The user has logged in anew.
    host.valid = 'rt-5';
    host.alive.clear();
    expect(await processes[1]?.status()).toBe(200);
    expect(host.refused).toBe(1);
    host.alive.clear();
    expect(await processes[0].status()).toBe(200);
    expect(host.refused).toBe(1);
  });

  it('a login that takes long is not made twice: the fence is renewed', async () => {
    const { processes, host, clock } = fleet(3);
    host.tookMs = () => 20_000;
    const calls = processes.map((one) => one.call());
    await clock.advance(60_000);
    expect(calls.map(({ value }) => (value as { status: number } | undefined)?.status)).toEqual([200, 200, 200]);
    expect(host).toMatchObject({ accepted: 1, refused: 0 });
  });

  it('one that loses the race takes the token of the winner', async () => {
    const { processes, host, clock, tokens } = fleet(2);
    for (const one of processes) await one.status();
    host.alive.clear();
    host.tookMs = () => 10_000;
    const late = processes[0].call();
    await clock.advance(100);
    // It was frozen: its fence is somebody else's.
    for (const entry of tokens.entries.values()) Object.assign(entry, { lockedUntil: 0, fence: entry.fence + 1 });
    host.tookMs = () => 100;
    expect(await processes[1]?.status()).toBe(200);
    await clock.advance(60_000);
    expect((late.value as { status: number }).status).toBe(200);
    expect(host.accepted).toBe(2);
  });

  it('whatever fails in between, all processes come through in the end, and no grant is wasted on a spent one for ever', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('call' as const), who: fc.nat(2), afterMs: fc.nat(8_000) }),
      fc.record({
        do: fc.constantFrom('revoke' as const, 'lose' as const, 'back' as const, 'fail' as const),
        who: fc.nat(2),
        afterMs: fc.nat(8_000),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.infiniteStream(fc.integer({ min: 10, max: 12_000 })),
        async (steps, took) => {
          const { processes, host, clock, tokens } = fleet(3);
          host.tookMs = () => took.next().value as number;
          for (const { do: what, who, afterMs } of steps) {
            if (what === 'call') (processes[who] as Process).call();
            if (what === 'revoke') host.alive.clear();
            if (what === 'lose') tokens.isLost = true;
            if (what === 'back') tokens.back();
            if (what === 'fail') tokens.failingPuts = 1;
            await clock.advance(afterMs);
          }
          tokens.back();
          host.tookMs = () => 100;
          await clock.advance(200_000);
          // One that missed the news may find a dead token in the store first, and then fetches.
          for (const one of processes) await one.status();
          for (let i = 0; i < 6; i++) {
            host.alive.clear();
            expect(await (processes[i % 3] as Process).status()).toBe(200);
          }
          const { refused } = host;
          host.alive.clear();
          expect(await processes[0].status()).toBe(200);
          expect(host.refused).toBe(refused);
        },
      ),
      { numRuns: 200, seed: 13 },
    );
  }, 60_000);
});
