import { memoryStore, type Store } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { storeWith } from './inbox.fixture.js';
import { inbox, type Inbox } from './inbox.js';
import { PermanentError } from './permanent-error.js';
import type { Handling, IncomingEvent } from './types.js';

const never = (): Promise<never> => new Promise(() => undefined);

type Behaviour = 'ok' | 'slow' | 'fails once' | 'fails twice' | 'always fails' | 'permanent' | 'hangs';

const behaviour = fc.constantFrom<Behaviour[]>(
  ...(['ok', 'ok', 'ok', 'slow', 'fails once', 'fails twice', 'always fails', 'permanent', 'hangs'] as const),
);

const scenario = fc.record({
  events: fc.array(
    fc.record({
      gapMs: fc.constantFrom(0, 0, 1, 40, 700),
      id: fc.integer({ min: 0, max: 25 }),
      key: fc.constantFrom(undefined, 'a', 'b', 'c'),
      does: behaviour,
    }),
    { minLength: 1, maxLength: 40 },
  ),
  crashes: fc.array(
    fc.record({
      gapMs: fc.constantFrom(1, 30, 400, 3_000),
      process: fc.nat(2),
      freezesForMs: fc.constantFrom(0, 0, 2_500, 6_000),
    }),
    { maxLength: 12 },
  ),
  processes: fc.integer({ min: 1, max: 3 }),
  concurrency: fc.constantFrom(1, 2, 8),
  maxEvents: fc.constantFrom(5, 1_000),
  loses: fc.constantFrom(0, 0, 0.1),
  seed: fc.nat(1_000_000),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** Processes that share a store, crash and start again. Everything that the store and the handlers do is recorded. */
class World {
  readonly clock = new VirtualClock();
  readonly store = memoryStore({ clock: this.clock });
  readonly random;
  readonly boxes: { box: Inbox; crash: () => void; freeze: (ms: number) => void }[] = [];
  readonly problems: string[] = [];
  /** Identifiers that a sender believes to be accepted. */
  readonly acknowledged = new Set<string>();
  /** Keys of the events in the store, in the order of their arrival there. */
  readonly #added = new Map<string, string | undefined>();
  /** How each event ended in the store. */
  readonly #ends = new Map<string, 'done' | 'dead'>();
  /** Events that a handler completed, with the number of its completions. */
  readonly #completed = new Map<string, number>();
  readonly #starts = new Map<string, number>();
  readonly #runningKeys = new Set<string>();
  readonly #does = new Map<string, Behaviour>();

  constructor(readonly given: Scenario) {
    this.random = seededRandom(given.seed);
    for (let n = 0; n < given.processes; n++) this.start(n);
  }

  start(place: number): void {
    let isDead = false;
    let frozenUntil = 0;
    const keysHere = new Set<string>();
    const { concurrency, maxEvents } = this.given;
    const box = inbox({
      store: this.#mortalStore(
        () => isDead,
        () => frozenUntil,
      ),
      clock: this.clock,
      random: this.random,
      concurrency,
      maxEvents,
      claimMs: 2_000,
      handleTimeoutMs: 5_000,
      retry: { maxAttempts: 4, baseDelayMs: 100, jitter: 'full' },
      handle: (handling) => this.#handle(handling, () => isDead, keysHere),
    });
    this.boxes[place] = {
      box,
      crash: () => {
        isDead = true;
        for (const key of keysHere) this.#runningKeys.delete(key);
      },
      freeze: (ms) => (frozenUntil = this.clock.now() + ms),
    };
  }

  accept(place: number, event: IncomingEvent, does: Behaviour): void {
    if (!this.#does.has(event.id)) this.#does.set(event.id, does);
    void this.boxes[place]?.box.accept(event).then(({ result }) => {
      if (result !== 'refused') this.acknowledged.add(event.id);
    });
  }

  /** Problems that show at the end, when nothing happens any more. */
  checkEnd(): string[] {
    const isCalm = this.given.crashes.length === 0 && this.given.loses === 0;
    const lost = [...this.acknowledged].filter((id) => !this.#ends.has(id));
    const unhandled = [...this.#ends].filter(([id, end]) => end === 'done' && !this.#completed.has(id));
    const repeated = [...this.#completed].filter(([, times]) => isCalm && times > 1);
    return [
      ...lost.map((id) => `${id} was acknowledged and lost`),
      ...unhandled.map(([id]) => `${id} is done and was never handled`),
      ...repeated.map(([id, times]) => `${id} was handled ${times} times`),
    ];
  }

  /** A store that a crashed or frozen process cannot use, and that loses some exchanges or their replies. */
  #mortalStore(isDead: () => boolean, frozenUntil: () => number): Store {
    const mortal =
      <A extends unknown[], R>(run: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (frozenUntil() > this.clock.now()) await this.#pass(frozenUntil() - this.clock.now());
        if (isDead()) return never();
        const chance = this.random.next();
        if (chance < this.given.loses / 2) throw new Error('not sent');
        const reply = await run(...args);
        if (isDead()) return never();
        if (chance < this.given.loses) throw new Error('reply lost');
        return reply;
      };
    return storeWith(this.store, (queue) => ({
      add: mortal(async (event, maxEvents) => {
        const end = await queue.add(event, maxEvents);
        if (end === 'added') this.#added.set(event.id, event.key);
        return end;
      }),
      claim: mortal((...args) => queue.claim(...args)),
      renew: mortal((...args) => queue.renew(...args)),
      settle: mortal(async (id, fence, end) => {
        const isSettled = await queue.settle(id, fence, end);
        if (isSettled && end.kind !== 'retry') {
          if (this.#ends.has(id)) this.problems.push(`${id} ended twice`);
          this.#ends.set(id, end.kind);
        }
        return isSettled;
      }),
      listen: (fn) => queue.listen(() => isDead() || fn()),
    }));
  }

  async #handle(handling: Handling, isDead: () => boolean, keysHere: Set<string>): Promise<void> {
    const { id, key } = handling.event;
    const { signal } = handling;
    this.#checkStart(handling);
    if (key !== undefined) {
      this.#runningKeys.add(key);
      keysHere.add(key);
    }
    const leave = (): void => {
      if (key === undefined || isDead() || !keysHere.delete(key)) return;
      this.#runningKeys.delete(key);
    };
    signal.addEventListener('abort', leave);
    try {
      const does = this.#does.get(id);
      await this.#pass(does === 'slow' ? 3_500 : 5);
      if (does === 'hangs' && handling.attempt === 1) return await never();
      if (does === 'permanent') throw new PermanentError(id);
      const failures = { 'always fails': Infinity, 'fails once': 1, 'fails twice': 2 }[does as 'fails once'] ?? 0;
      if (handling.attempt <= failures) throw new Error(id);
      if (!isDead()) this.#completed.set(id, (this.#completed.get(id) ?? 0) + 1);
    } finally {
      if (!signal.aborted) leave();
    }
  }

  #checkStart({ event: { id, key }, mayBeRepeated }: Handling): void {
    const starts = this.#starts.get(id) ?? 0;
    this.#starts.set(id, starts + 1);
    if (starts > 0 && !mayBeRepeated) this.problems.push(`${id} does not know that it is a repetition`);
    if (key === undefined) return;
    if (this.#runningKeys.has(key)) this.problems.push(`two handlers of ${key}`);
    const lane = this.#added.get(id);
    for (const [earlier, laneOfEarlier] of this.#added) {
      if (earlier === id) break;
      if (laneOfEarlier === lane && !this.#ends.has(earlier)) this.problems.push(`${id} overtook ${earlier}`);
    }
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.setTimer(ms, resolve));
  }
}

async function play(given: Scenario): Promise<World> {
  const world = new World(given);
  const { clock, random } = world;
  let at = 0;
  const acts: { at: number; act: () => void }[] = [];
  for (const { gapMs, id, key, does } of given.events) {
    at += gapMs;
    const place = Math.floor(random.next() * given.processes);
    // One identifier has one key, as at a real sender.
    acts.push({
      at,
      act: () =>
        world.accept(place, { id: `${id}`, key: id % 2 ? key && `${key}${id % 3}` : undefined, data: id }, does),
    });
  }
  at = 0;
  for (const { gapMs, process, freezesForMs } of given.crashes) {
    at += gapMs;
    const place = process % given.processes;
    const crash = (): void => {
      world.boxes[place]?.crash();
      world.start(place);
    };
    acts.push({ at, act: freezesForMs > 0 ? () => world.boxes[place]?.freeze(freezesForMs) : crash });
  }
  for (const { at: time, act } of acts.sort((a, b) => a.at - b.at)) {
    await clock.advance(time - clock.now());
    act();
  }
  // Retries, expired claims and lost exchanges end within minutes.
  const { inboxes } = world.store;
  do await clock.advance(10_000);
  while (clock.now() < 900_000 && (await inboxes!.open('inbox').counts()).pending > 0);
  return world;
}

it('whatever crashes, fails and is lost: each accepted event ends once, in the order of its key, and each repetition is announced', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const world = await play(given);
      expect([...world.problems, ...world.checkEnd()]).toEqual([]);
      expect((await world.store.inboxes!.open('inbox').counts()).pending).toBe(0);
      const closed = Promise.all(world.boxes.map(({ box }) => box.close({ timeoutMs: 0 })));
      await world.clock.advance(1);
      await closed;
    }),
    { numRuns: Number(process.env.INBOX_RUNS ?? 100) },
  );
});
