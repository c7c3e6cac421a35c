import { memoryStore, type EventQueue, type Store } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { onTestFinished } from 'vitest';
import { inbox, type Inbox } from './inbox.js';
import type { InboxEvents } from './events.js';
import type { InboxOptions } from './options.js';

/** An inbox on a virtual clock, with everything that it reported. */
export interface TestInbox {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly box: Inbox;
  /** The events of the inbox of one name, in order. */
  told<E extends keyof InboxEvents>(name: E): InboxEvents[E][];
}

/** Makes an inbox. Options may name a store or a clock of another one. */
export function setUp(options: Partial<InboxOptions> & { clock?: VirtualClock } = {}): TestInbox {
  const clock = options.clock ?? new VirtualClock();
  const store = options.store ?? memoryStore({ clock });
  const box = inbox({ random: seededRandom(1), ...options, store, clock });
  const told = <E extends keyof InboxEvents>(name: E): InboxEvents[E][] => {
    const events: InboxEvents[E][] = [];
    box.on(name, (event) => events.push(event));
    return events;
  };
  onTestFinished(async () => {
    const closed = box.close({ timeoutMs: 0 });
    await clock.advance(10_000);
    await closed;
  });
  return { clock, store, box, told };
}

/** A store whose queues have other methods. */
export function storeWith(store: Store, change: (queue: EventQueue) => Partial<EventQueue>): Store {
  const open = (name: string): EventQueue => {
    const queue = store.inboxes!.open(name);
    const bound = new Proxy(queue, {
      get: (target, key) => {
        const value = Reflect.get(target, key, target) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    return Object.assign(Object.create(bound) as EventQueue, change(bound));
  };
  return { ...store, inboxes: { keys: store.inboxes!.keys, open } };
}

/** A promise that a test settles. */
export function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

/** Lets time pass until `holds` returns true. Encryption takes real time besides. */
export async function passUntil(clock: VirtualClock, holds: () => boolean): Promise<void> {
  for (let n = 0; !holds(); n++) {
    if (n > 2_000) throw new Error(`did not happen: ${holds.toString()}`);
    await clock.advance(10);
  }
}
