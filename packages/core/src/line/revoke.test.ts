import { describe, expect, it } from 'vitest';
import {
  ConfigError,
  createHoldline,
  type Grant,
  type Holdline,
  type HoldlineEvents,
  memoryStore,
  type TokenOptions,
} from '../index.js';
import { identityOf } from '../policies/token/identity.js';
import { SharedTokens } from '../policies/token/shared-tokens.fixture.js';
import { seededRandom, VirtualClock } from '../testing.js';
import { Wire } from './transport.fixture.js';

type Revoke = NonNullable<Grant['revoke']>;

/** A platform that grants the tokens t1, t2, … and records revocations. `revoke` replaces its answer to a revocation. */
function platform(revoke?: Revoke): { grant: Grant; revoked: string[]; signals: AbortSignal[] } {
  let grants = 0;
  const revoked: string[] = [];
  const signals: AbortSignal[] = [];
  const grant: Grant = Object.assign(
    () => Promise.resolve({ accessToken: `t${++grants}`, refreshToken: `r${grants}`, expiresInMs: 60_000 }),
    {
      identity: () => identityOf('client credentials', 'https://login.test', 'a', 's'),
      revoke: (accessToken: string, signal: AbortSignal) => {
        revoked.push(accessToken);
        signals.push(signal);
        return revoke?.(accessToken, signal) ?? Promise.resolve();
      },
    },
  );
  return { grant, revoked, signals };
}

function start(token: TokenOptions, clock = new VirtualClock(), tokens?: SharedTokens) {
  const line = createHoldline({
    clock,
    random: seededRandom(1),
    ...(tokens && { store: { journal: memoryStore().journal, tokens, salt: 'salt' } }),
    governor: false,
    retry: false,
    breaker: false,
    token,
  });
  const wire = new Wire(clock, () => 200);
  const events: HoldlineEvents['tokenRevoked'][] = [];
  line.on('tokenRevoked', (event) => events.push(event));
  const call = async (): Promise<void> => {
    const running = line.run(wire.request());
    await clock.advance(1_000);
    await running;
  };
  return { clock, line, wire, events, call };
}

const ended = (result: string, message?: unknown, credential?: string): object => ({ credential, result, message });

/** Closes a line and returns the time that it took, in virtual ms. */
async function close(clock: VirtualClock, line: Holdline, options: Parameters<Holdline['close']>[0]): Promise<number> {
  const from = clock.now();
  let endedAt: number | undefined;
  const closing = line.close(options).then(() => (endedAt = clock.now()));
  await clock.advance(30_000);
  await closing;
  return (endedAt as unknown as number) - from;
}

// Issue 16, 4.
describe('close({ revoke: true })', () => {
  it('revokes the token once, also when it is called twice', async () => {
    const { grant, revoked } = platform();
    const { clock, line, call, events } = start({ grant });
    await call();
    await Promise.all([close(clock, line, { revoke: true }), close(clock, line, { revoke: true })]);
    await close(clock, line, { revoke: true });
    expect(revoked).toEqual(['t1']);
    expect(events).toEqual([ended('revoked')]);
    expect(line.snapshot().token?.state).toBe('none');
  });

  it('revokes what an earlier close() left valid', async () => {
    const { grant, revoked } = platform();
    const { clock, line, call, events } = start({ grant });
    await call();
    await close(clock, line, {});
    expect(revoked).toEqual([]);
    await close(clock, line, { revoke: true });
    expect([revoked, events]).toEqual([['t1'], [ended('revoked')]]);
  });

  it('sends nothing without a token, and nothing for an expired or a refused one', async () => {
    const unused = platform();
    const first = start({ grant: unused.grant });
    await close(first.clock, first.line, { revoke: true });
    expect([unused.revoked, first.events]).toEqual([[], []]);

    const old = platform();
    const second = start({ grant: old.grant });
    await second.call();
    await second.clock.advance(60_000);
    await close(second.clock, second.line, { revoke: true });
    expect([old.revoked, second.events]).toEqual([[], [ended('expired')]]);
  });

  it('revokes after the attempts on the wire have ended', async () => {
    const { grant, revoked } = platform();
    const { clock, line, call } = start({ grant });
    await call();
    const slow = new Wire(clock, () => ({ status: 200, afterMs: 2_000 }));
    const running = line.run(slow.request());
    const closing = line.close({ revoke: true });
    await clock.advance(1_900);
    expect(revoked).toEqual([]);
    await clock.advance(200);
    await Promise.all([running, closing]);
    expect(revoked).toEqual(['t1']);
  });

  it.each([
    ['a refusal', () => Promise.reject(new Error('the platform answered 500')), 'the platform answered 500'],
    ['a thrown text', () => Promise.reject('t1'), 'a thrown string'],
    ['an error with the token', () => Promise.reject(new Error('cannot revoke t1')), 'cannot revoke ***'],
    [
      'a function that throws at once',
      () => {
        throw new Error('broken');
      },
      'broken',
    ],
  ] as [string, Revoke, string][])('reports %s, and tries again at the next close()', async (_, revoke, message) => {
    let isBroken = true;
    const { grant, revoked } = platform((...given) => (isBroken ? revoke(...given) : Promise.resolve()));
    const { clock, line, call, events } = start({ grant });
    await call();
    await close(clock, line, { revoke: true });
    expect(events).toEqual([ended('failed', message)]);
    isBroken = false;
    await close(clock, line, { revoke: true });
    expect([revoked, events.at(-1)]).toEqual([['t1', 't1'], ended('revoked')]);
  });

  it('waits no longer than timeoutMs for a platform that says nothing, and aborts the request', async () => {
    const { grant, signals } = platform(() => new Promise(() => undefined));
    const { clock, line, call, events } = start({ grant });
    await call();
    expect(await close(clock, line, { revoke: true, timeoutMs: 3_000 })).toBe(3_000);
    expect(events).toEqual([ended('failed', 'no answer within 3000 ms')]);
    expect(signals[0]?.aborted).toBe(true);
  });

  it('keeps a tenth of the time for the revocation if something else waits', async () => {
    const { grant, revoked } = platform();
    const { clock, line, call } = start({ grant });
    await call();
    line.onClose(() => new Promise(() => undefined));
    expect(await close(clock, line, { revoke: true, timeoutMs: 1_000 })).toBe(900);
    expect(revoked).toEqual(['t1']);
  });

  it('revokes the token that the application set in its client', async () => {
    const { grant, revoked } = platform();
    let current = 'own';
    const { clock, line, call } = start({ grant, current: () => ({ accessToken: current }) });
    await call();
    current = 'newer';
    await close(clock, line, { revoke: true });
    expect(revoked).toEqual(['newer']);
  });

  it('revokes all tokens of a pool, and one failure leaves the others alone', async () => {
    const [a, b] = [platform(() => Promise.reject(new Error('no'))), platform()];
    const { clock, line, call, events } = start({
      pool: [
        { name: 'a', grant: a.grant },
        { name: 'b', grant: b.grant },
      ],
    });
    await call();
    await call();
    await close(clock, line, { revoke: true });
    expect([a.revoked, b.revoked]).toEqual([['t1'], ['t1']]);
    expect(events).toEqual([ended('failed', 'no', 'a'), ended('revoked', undefined, 'b')]);
  });

  it.each([
    ['no token', {}],
    ['a grant without revoke', { token: { grant: () => Promise.resolve({ accessToken: 't' }) } }],
    [
      'one credential without revoke',
      {
        token: {
          pool: [
            { name: 'a', grant: platform().grant },
            { name: 'b', grant: () => Promise.resolve({ accessToken: 't' }) },
          ],
        },
      },
    ],
  ])('is refused with %s, and the line stays open', async (_, config) => {
    const clock = new VirtualClock();
    const line = createHoldline({ clock, ...config });
    await expect(line.close({ revoke: true })).rejects.toThrow(ConfigError);
    await expect(line.close({ revoke: 'shared' })).rejects.toThrow('options.revoke needs a token whose grant has');
    const running = line.run(new Wire(clock, () => 200).request());
    await clock.advance(1_000);
    expect(await running).toMatchObject({ status: 200 });
    await line.close({ revoke: false });
  });

  it.each(['all', 1, null])('refuses the value %j', async (revoke) => {
    await expect(createHoldline().close({ revoke: revoke as never })).rejects.toThrow('options.revoke must be');
  });
});

describe('close({ revoke }) of a token that processes share', () => {
  function fleet() {
    const clock = new VirtualClock();
    const tokens = new SharedTokens(clock);
    const host = platform();
    const [a, b] = [start({ grant: host.grant }, clock, tokens), start({ grant: host.grant }, clock, tokens)] as const;
    return { clock, tokens, host, a, b };
  }

  it('leaves the token alone with true, because the other process uses it', async () => {
    const { clock, tokens, host, a, b } = fleet();
    await a.call();
    await b.call();
    await close(clock, a.line, { revoke: true });
    expect([host.revoked, a.events]).toEqual([[], [ended('shared')]]);
    await b.call();
    expect(b.wire.header('authorization')).toEqual(['Bearer t1', 'Bearer t1']);
    expect([...tokens.entries.values()].map(({ token }) => token?.accessToken)).toEqual(['t1']);
  });

  it("revokes it with 'shared', and deletes it from the store", async () => {
    const { clock, tokens, host, a, b } = fleet();
    await a.call();
    await b.call();
    await close(clock, a.line, { revoke: 'shared' });
    expect([host.revoked, a.events]).toEqual([['t1'], [ended('revoked')]]);
    expect([...tokens.entries.values()].map(({ token }) => token)).toEqual([undefined]);
    // A new process gets a new token, and no refresh token of the old login.
    const c = start({ grant: host.grant }, clock, tokens);
    await c.call();
    expect(c.wire.header('authorization')).toEqual(['Bearer t2']);
    await close(clock, b.line, {});
  });

  it('keeps a newer token of another process in the store', async () => {
    const { clock, tokens, a, b } = fleet();
    await a.call();
    await b.call();
    const [[name]] = tokens.entries as unknown as [[string]];
    const claim = (await tokens.claim(name, 1, 1_000)) as { fence: number };
    await tokens.put(name, claim.fence, 1, { accessToken: 'newer', refreshToken: undefined, expiresInMs: undefined });
    await tokens.remove(name, 1);
    expect(tokens.entries.get(name)?.token?.accessToken).toBe('newer');
    await close(clock, a.line, {});
    await close(clock, b.line, {});
  });

  it('revokes with true if the store knows that no other line uses the token', async () => {
    const clock = new VirtualClock();
    const tokens = Object.assign(new SharedTokens(clock), { isUsedElsewhere: () => false });
    const host = platform();
    const { line, call, events } = start({ grant: host.grant }, clock, tokens);
    await call();
    await close(clock, line, { revoke: true });
    expect([host.revoked, events]).toEqual([['t1'], [ended('revoked')]]);
    expect([...tokens.entries.values()].map(({ token }) => token)).toEqual([undefined]);
  });

  it('reports a store that cannot delete its copy', async () => {
    const clock = new VirtualClock();
    const tokens = new SharedTokens(clock);
    const host = platform();
    const { line, call, events } = start({ grant: host.grant }, clock, tokens);
    const failures: HoldlineEvents['storeFailed'][] = [];
    line.on('storeFailed', (event) => failures.push(event));
    await call();
    tokens.isLost = true;
    await close(clock, line, { revoke: 'shared' });
    expect(events).toEqual([ended('revoked')]);
    expect(failures.map(({ operation }) => operation)).toContain('tokens.remove');
  });
});
