import type { EventClaim, EventEnd, EventQueue, StoredEvent } from '../contract/inbox.js';

/**
 * A store whose event queues are tested.
 * @internal
 */
export interface EventQueueHost {
  /** Opens a new queue as another process does. */
  open(inbox: string): EventQueue;
  /** Waits until `holds` returns true, and lets time pass meanwhile. */
  until(holds: () => Promise<boolean>): Promise<void>;
}

/**
 * One test of the contract of event queues.
 * @internal
 */
export interface EventQueueCase {
  readonly name: string;
  run(host: EventQueueHost): Promise<void>;
}

const LONG_MS = 3_600_000;
const DONE: EventEnd = { kind: 'done', rememberMs: LONG_MS, maxRemembered: 1_000 };

function eventOf(id: string, more: Partial<StoredEvent> = {}): StoredEvent {
  return { id, key: undefined, body: `body of ${id}`, receivedAt: 1, attempts: 0, reason: undefined, ...more };
}

const idsOf = (claims: readonly EventClaim[]): string => claims.map(({ event }) => event.id).join(' ');

/** Throws unless both values are the same as JSON. A member that is undefined counts as absent. */
function equal(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [actual, expected].map((value) => JSON.stringify(value, sortMembers));
  if (got !== wanted) throw new Error(`${what}: expected ${wanted}, got ${got}`);
}

function sortMembers(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Claims one event, which must be there. */
async function claimOne(queue: EventQueue, forMs = LONG_MS): Promise<EventClaim> {
  const { claims } = await queue.claim(1, forMs);
  if (!claims[0]) throw new Error('no event may be claimed');
  return claims[0];
}

async function settleOne(queue: EventQueue, end: EventEnd = DONE): Promise<void> {
  const { event, fence } = await claimOne(queue);
  equal(await queue.settle(event.id, fence, end), true, `the end of ${event.id}`);
}

/** Adds an event, and ends its first claim as dead. */
async function addDead(queue: EventQueue, id: string, key?: string): Promise<void> {
  await queue.add(eventOf(id, { key }), 100);
  const { event, fence } = await claimOne(queue);
  await queue.settle(id, fence, { kind: 'dead', event: { ...event, attempts: 3, reason: 'broken' } });
}

/**
 * Tests of the contract of event queues, for each store that has inboxes.
 * @internal
 */
export const EVENT_QUEUE_CASES: readonly EventQueueCase[] = [
  {
    name: 'an event is stored as it was given, and claimed once',
    async run({ open }) {
      const [queue, other] = [open('a'), open('a')];
      const event = eventOf('{"id"} ü\n:1', { key: 'k {}%\n', reason: 'why', attempts: 2, body: '☎ "x"' });
      equal(await queue.add(event, 10), 'added', 'the first');
      equal((await open('b').claim(9, LONG_MS)).claims, [], 'another inbox');
      const { claims, nextInMs } = await other.claim(9, LONG_MS);
      equal(claims[0]?.event, event, 'the event');
      equal([claims.length, claims[0]?.drops], [1, 0], 'claims and drops');
      equal(nextInMs !== undefined && nextInMs > LONG_MS / 2, true, 'the claim may end');
      equal((await queue.claim(9, LONG_MS)).claims, [], 'a second claim');
    },
  },
  {
    name: 'an identifier is known while its event waits, is claimed, is dead, and after it was handled',
    async run({ open }) {
      const queue = open('a');
      await queue.add(eventOf('1'), 10);
      equal(await queue.add(eventOf('1', { body: 'other' }), 10), 'known', 'while it waits');
      const { event, fence } = await claimOne(queue);
      equal(event.body, 'body of 1', 'the first body stays');
      equal(await queue.add(eventOf('1'), 10), 'known', 'while it is claimed');
      await queue.settle('1', fence, DONE);
      equal(await queue.add(eventOf('1'), 10), 'known', 'after it was handled');
      await addDead(queue, '2');
      equal(await queue.add(eventOf('2'), 10), 'known', 'while it is dead');
      equal(await queue.counts(), { pending: 0, dead: 1 }, 'counts');
    },
  },
  {
    name: 'a full queue takes no event, and dead letters count',
    async run({ open }) {
      const queue = open('a');
      await addDead(queue, '1');
      equal(await queue.add(eventOf('2'), 2), 'added', 'the second');
      equal(await queue.add(eventOf('3'), 2), 'full', 'the third');
      equal(await queue.add(eventOf('2'), 2), 'known', 'a known event in a full queue');
      await settleOne(queue);
      equal(await queue.add(eventOf('3'), 2), 'added', 'the third, after the end of the second');
    },
  },
  {
    name: 'of twenty concurrent repetitions, one is added',
    async run({ open }) {
      const queues = [open('a'), open('a')];
      const ends = await Promise.all(Array.from({ length: 20 }, (_, n) => queues[n % 2]!.add(eventOf('1'), 10)));
      equal(ends.filter((end) => end === 'added').length, 1, 'added');
      equal(ends.filter((end) => end === 'known').length, 19, 'known');
    },
  },
  {
    name: 'concurrent claims of fifty events get each event once',
    async run({ open }) {
      const queues = [open('a'), open('a'), open('a')];
      for (let n = 0; n < 50; n++) await queues[0]!.add(eventOf(`${n}`, { key: n % 2 ? `k${n}` : undefined }), 100);
      const pages = await Promise.all(Array.from({ length: 12 }, (_, n) => queues[n % 3]!.claim(5, LONG_MS)));
      const ids = pages.flatMap(({ claims }) => claims.map(({ event }) => event.id));
      equal([ids.length, new Set(ids).size], [50, 50], 'claims');
    },
  },
  {
    name: 'events of one key come one after the other, oldest first, and other events do not wait for them',
    async run({ open }) {
      const queue = open('a');
      const keys = { k1: 'k', k2: 'k', l1: 'l', free1: undefined, k3: 'k', free2: undefined };
      for (const [id, key] of Object.entries(keys)) await queue.add(eventOf(id, { key }), 10);
      const first = (await queue.claim(2, LONG_MS)).claims;
      equal(idsOf(first), 'k1 l1', 'the first page');
      equal(idsOf((await queue.claim(9, LONG_MS)).claims), 'free1 free2', 'the second page');
      await queue.settle('k1', first[0]!.fence, DONE);
      const second = (await queue.claim(9, LONG_MS)).claims;
      equal(idsOf(second), 'k2', 'after the first of the key');
      await queue.settle('k2', second[0]!.fence, { kind: 'dead', event: second[0]!.event });
      equal(idsOf((await queue.claim(9, LONG_MS)).claims), 'k3', 'after a dead letter of the key');
    },
  },
  {
    name: 'an event that waits for its retry blocks its key, and comes back as it was given',
    async run({ open, until }) {
      const queue = open('a');
      for (const id of ['1', '2']) await queue.add(eventOf(id, { key: 'k' }), 10);
      const { event, fence } = await claimOne(queue);
      const failed = { ...event, attempts: 1, reason: 'Error' };
      equal(await queue.settle('1', fence, { kind: 'retry', event: failed, inMs: 200 }), true, 'the end');
      const { claims, nextInMs = Infinity } = await queue.claim(9, LONG_MS);
      // On a slow server, the wait is over before the claim.
      let again = claims;
      if (again.length === 0) {
        // A store may round up.
        equal(nextInMs <= 201, true, 'the next claim');
        await until(async () => (again = (await queue.claim(9, LONG_MS)).claims).length > 0);
      }
      equal(
        again.map((claim) => claim.event),
        [failed],
        'the event',
      );
      equal(again[0]!.drops, 0, 'drops');
      equal(again[0]!.fence > fence, true, 'the fence grows');
      await queue.settle('1', again[0]!.fence, { kind: 'retry', event: failed, inMs: 0 });
      equal(idsOf((await queue.claim(9, LONG_MS)).claims), '1', 'without a wait');
    },
  },
  {
    name: 'an expired claim is replaced, and the next claim knows the number of drops',
    async run({ open, until }) {
      const [queue, other] = [open('a'), open('a')];
      await queue.add(eventOf('1', { key: 'k' }), 10);
      const first = await claimOne(queue, 50);
      let second: EventClaim | undefined;
      await until(async () => (second = (await other.claim(9, 50)).claims[0]) !== undefined);
      equal(second!.drops, 1, 'drops');
      equal(second!.fence > first.fence, true, 'the fence grows');
      equal(await queue.renew('1', first.fence, LONG_MS), false, 'the old holder renews');
      equal(await queue.settle('1', first.fence, DONE), false, 'the old holder ends');
      let third: EventClaim | undefined;
      await until(async () => (third = (await queue.claim(9, LONG_MS)).claims[0]) !== undefined);
      equal(third!.drops, 2, 'drops of the third claim');
      const event = { ...third!.event, attempts: 3 };
      equal(await queue.settle('1', third!.fence, { kind: 'retry', event, inMs: 0 }), true, 'the end');
      equal((await claimOne(queue)).drops, 0, 'drops after an end');
    },
  },
  {
    name: 'a claim is valid until another claim replaces it, and a renewal extends it',
    async run({ open, until }) {
      const queue = open('a');
      await queue.add(eventOf('1'), 10);
      await queue.add(eventOf('2'), 10);
      const { claims } = await queue.claim(2, 1);
      let left = 2;
      equal(await queue.renew('1', claims[0]!.fence, LONG_MS), true, 'the renewal');
      await until(() => Promise.resolve(--left < 0));
      equal(idsOf((await open('a').claim(1, LONG_MS)).claims), '2', 'the other event');
      equal(await queue.settle('1', claims[0]!.fence, DONE), true, 'the end');
      equal(await queue.renew('1', claims[0]!.fence, LONG_MS), false, 'after the end');
      equal(await queue.settle('1', claims[0]!.fence, DONE), false, 'a second end');
    },
  },
  {
    name: 'dead letters are listed page by page, revived at the end of the queue, and deleted',
    async run({ open }) {
      const queue = open('a');
      for (const id of ['1', '2', '3', '4', '5']) await addDead(queue, id, 'k');
      const pages: string[] = [];
      for (let after: string | undefined = ''; after !== undefined;) {
        const page = await queue.listDead(after, 2);
        pages.push(page.events.map(({ id }) => id).join(' '));
        after = page.next;
      }
      equal(pages, ['1 2', '3 4', '5'], 'pages');
      await queue.add(eventOf('6', { key: 'k' }), 10);
      equal(
        await Promise.all([queue.revive('2'), open('a').revive('2')]).then((ends) => ends.sort()),
        [false, true],
        'revive',
      );
      equal(await queue.deleteDead('2'), false, 'it is no dead letter any more');
      equal(await queue.deleteDead('4'), true, 'delete');
      equal(await queue.deleteDead('4'), false, 'delete twice');
      equal(await queue.counts(), { pending: 2, dead: 3 }, 'counts');
      equal(
        (await queue.listDead('', 9)).events.map(({ id }) => id),
        ['1', '3', '5'],
        'the rest',
      );
      equal(await queue.add(eventOf('4'), 10), 'added', 'a deleted letter is forgotten');
      const { claims } = await queue.claim(9, LONG_MS);
      equal(idsOf(claims), '6 4', 'the oldest of each key');
      await queue.settle('6', claims[0]!.fence, DONE);
      const { event } = await claimOne(queue);
      equal([event.id, event.attempts, event.reason], ['2', 0, 'broken'], 'the revived event');
    },
  },
  {
    name: 'dead letters are listed in the order of their ends',
    async run({ open }) {
      const queue = open('a');
      for (const id of ['1', '2', '3']) await queue.add(eventOf(id), 10);
      const { claims } = await queue.claim(3, LONG_MS);
      for (const { event, fence } of [...claims].reverse())
        await queue.settle(event.id, fence, { kind: 'dead', event });
      const first = await queue.listDead('', 1);
      equal(first.events[0]?.id, '3', 'the first');
      const rest = await queue.listDead(first.next ?? '', 2);
      equal(
        rest.events.map(({ id }) => id),
        ['2', '1'],
        'the rest',
      );
      equal(rest.next, undefined, 'the last page');
    },
  },
  {
    name: 'the identifier of a handled event is forgotten after its time',
    async run({ open, until }) {
      const queue = open('a');
      await queue.add(eventOf('1'), 10);
      await settleOne(queue, { kind: 'done', rememberMs: 100, maxRemembered: 10 });
      await until(async () => (await queue.add(eventOf('1'), 10)) === 'added');
      equal(await queue.counts(), { pending: 1, dead: 0 }, 'counts');
    },
  },
  {
    name: 'of too many identifiers, the oldest is forgotten',
    async run({ open }) {
      const queue = open('a');
      for (const id of ['1', '2', '3']) {
        await queue.add(eventOf(id), 10);
        await settleOne(queue, { kind: 'done', rememberMs: LONG_MS, maxRemembered: 2 });
      }
      equal(await queue.add(eventOf('2'), 10), 'known', 'the second');
      equal(await queue.add(eventOf('3'), 10), 'known', 'the third');
      equal(await queue.add(eventOf('1'), 10), 'added', 'the first');
    },
  },
  {
    name: 'another process hears when events may be due',
    async run({ open, until }) {
      const [queue, other] = [open('a'), open('a')];
      let calls = 0;
      const stop = other.listen(() => calls++);
      const heard = async (what: string, act: () => Promise<unknown>): Promise<void> => {
        const before = calls;
        await act();
        await until(() => Promise.resolve(calls > before)).catch((error: unknown) => {
          throw new Error(`no call after ${what}`, { cause: error });
        });
      };
      await heard('add', () => queue.add(eventOf('1', { key: 'k' }), 10));
      await queue.add(eventOf('2', { key: 'k' }), 10);
      const { event, fence } = await claimOne(queue);
      await heard('retry', () => queue.settle('1', fence, { kind: 'retry', event, inMs: 0 }));
      await heard('the end of the first of a key', () => settleOne(queue));
      const second = await claimOne(queue);
      await queue.settle('2', second.fence, { kind: 'dead', event: second.event });
      await heard('revive', () => queue.revive('2'));
      stop();
      const before = calls;
      await queue.add(eventOf('3'), 10);
      equal(calls, before, 'calls after the end');
    },
  },
];
