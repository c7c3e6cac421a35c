import fc from 'fast-check';
import { expect, it } from 'vitest';
import { setUpLive } from './platform.fixture.js';

const USERS = ['u0', 'u1', 'u2'];
const STATES = ['Available', 'Busy', 'Away', 'Meal'];
const MAX_STALE_MS = 60_000;
const RECONCILE_MS = 120_000;
/** Longest delay of a notification. */
const MAX_DELAY_MS = 2_000;
/** Two reads, each at most 1 s, a check every 1.5 s, and a second read of an older answer after 1 s. */
const READ_MS = 8_000;

type Step =
  | { do: 'change'; user: number; state: number; delayMs: number; isLost: boolean }
  | { do: 'write'; user: number; state: number }
  | { do: 'get'; user: number }
  | { do: 'disconnect' }
  | { do: 'cut' }
  | { do: 'outage'; ms: number }
  | { do: 'wait'; ms: number };

const nat = (max: number) => fc.integer({ min: 0, max });

function stepOf(mayLose: boolean): fc.Arbitrary<Step> {
  const user = nat(USERS.length - 1);
  const state = nat(STATES.length - 1);
  const isLost = mayLose ? fc.boolean() : fc.constant(false);
  return fc.oneof(
    {
      arbitrary: fc.record({ do: fc.constant('change' as const), user, state, delayMs: nat(MAX_DELAY_MS), isLost }),
      weight: 6,
    },
    { arbitrary: fc.record({ do: fc.constant('write' as const), user, state }), weight: 1 },
    { arbitrary: fc.record({ do: fc.constant('get' as const), user }), weight: 4 },
    { arbitrary: fc.record({ do: fc.constant('disconnect' as const) }), weight: 1 },
    { arbitrary: fc.record({ do: fc.constant('cut' as const) }), weight: 1 },
    { arbitrary: fc.record({ do: fc.constant('outage' as const), ms: nat(100_000) }), weight: 1 },
    {
      arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.oneof(nat(20), nat(3_000), nat(90_000)) }),
      weight: 6,
    },
  );
}

/** Runs steps, and compares each value with what the platform had. `boundMs`: how long ago a value may have been true at most. */
async function follow(steps: readonly Step[], latencies: readonly number[], boundMs: number): Promise<void> {
  const { clock, channels, platform, client, get, values } = setUpLive({
    push: 'auto',
    repeats: 2,
    reconcileMs: RECONCILE_MS,
    maxStaleMs: MAX_STALE_MS,
    pollMs: 30_000,
  });
  let n = 0;
  platform.latency = () => [latencies[n++ % latencies.length] ?? 0, latencies[n++ % latencies.length] ?? 0];
  /** What each user was, with the time at which it ended. */
  const history = USERS.map(() => [{ version: platform.presenceOf('x')['modifiedDate'] as string, until: Infinity }]);
  const record = (user: number): void => {
    const past = history[user] ?? [];
    const last = past.at(-1);
    if (last) last.until = clock.now();
    past.push({ version: platform.presenceOf(USERS[user] as string)['modifiedDate'] as string, until: Infinity });
  };
  const wasTrueWithin = (user: number, version: string | undefined, ms: number): boolean =>
    history[user]?.some((past) => past.version === version && past.until >= clock.now() - ms) ?? false;
  const watched = USERS.map((id) => values.user(id).presence);
  const seen = USERS.map((): string[] => []);
  watched.forEach((value, i) => value.on('change', ({ current }) => seen[i]?.push(current.modifiedDate ?? '')));
  const stop = clock.afterEachStep(() => {
    watched.forEach((value, i) => {
      if (value.current === undefined) return;
      const version = value.current.modifiedDate;
      expect(wasTrueWithin(i, version, boundMs + READ_MS)).toBe(true);
      if (!value.isStale) expect(wasTrueWithin(i, version, boundMs)).toBe(true);
    });
  });
  const gets: Promise<void>[] = [];
  for (const step of steps) {
    const user = 'user' in step ? step.user : 0;
    const id = USERS[user] as string;
    const path = `/api/v2/users/${id}/presences/purecloud`;
    switch (step.do) {
      case 'change':
        platform.setPresence(id, STATES[step.state] as string, { lose: step.isLost, delayMs: step.delayMs });
        record(user);
        break;
      case 'write': {
        platform.latency = () => [0, 0];
        await client.callApi(path, 'PATCH', {}, {}, {}, {}, { systemPresence: STATES[step.state] });
        record(user);
        const { version } = history[user]?.at(-1) ?? {};
        expect(await get(path)).toMatchObject({ modifiedDate: version });
        platform.latency = () => [latencies[n++ % latencies.length] ?? 0, latencies[n++ % latencies.length] ?? 0];
        break;
      }
      case 'get': {
        const from = clock.now();
        gets.push(
          get(path).then((answer) => {
            const { modifiedDate } = answer as { modifiedDate: string };
            expect(wasTrueWithin(user, modifiedDate, boundMs + clock.now() - from)).toBe(true);
          }),
        );
        break;
      }
      case 'disconnect':
        for (const socket of channels.sockets()) socket.end(1006);
        break;
      case 'cut':
        platform.cutSockets();
        break;
      case 'outage':
        channels.refuseWith = 503;
        clock.setTimer(step.ms, () => (channels.refuseWith = undefined));
        break;
      case 'wait':
        await clock.advance(step.ms);
    }
  }
  await clock.advance(MAX_DELAY_MS + RECONCILE_MS * 1.1 + READ_MS + MAX_STALE_MS * 3);
  stop();
  await Promise.all(gets);
  watched.forEach((value, i) => expect(value.current?.modifiedDate).toBe(history[i]?.at(-1)?.version));
  for (const versions of seen) expect(versions).toEqual([...versions].sort());
  expect(watched.every(({ isStale }) => !isStale)).toBe(true);
  void values.close();
  await clock.advance(200_000);
  expect(clock.pending).toBe(0);
}

const latencies = fc.array(nat(500), { minLength: 1, maxLength: 20 });

it('a value without lost notifications is at most as old as maxStaleMs, or marked, never goes back, and converges', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepOf(false), { maxLength: 40 }), latencies, (steps, delays) =>
      follow(steps, delays, MAX_STALE_MS + MAX_DELAY_MS),
    ),
    { numRuns: 40 },
  );
});

it('a lost notification leaves a value old for the interval of the reconciliation at most', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepOf(true), { maxLength: 40 }), latencies, (steps, delays) =>
      follow(steps, delays, RECONCILE_MS * 1.1 + MAX_STALE_MS + MAX_DELAY_MS),
    ),
    { numRuns: 40 },
  );
});
