import { createHash } from 'node:crypto';
import {
  ListenersByName,
  type EventClaim,
  type EventCounts,
  type EventEnd,
  type EventQueue,
  type Inboxes,
  type StoredEvent,
  type Undo,
} from '@holdline/core';
import { deriveKeys } from '@holdline/core/node';
import type { Link } from '../connection/link.js';
import type { Script } from '../scripts/script.js';
import { makeKeys } from '../scripts/keys.js';
import {
  ADD_EVENT,
  CLAIM_EVENTS,
  COUNT_EVENTS,
  DELETE_DEAD_EVENT,
  INBOX_KEYS,
  LIST_DEAD_EVENTS,
  RENEW_EVENT,
  REVIVE_EVENT,
  SETTLE_EVENT,
} from './inbox-scripts.js';

/**
 * Inboxes that all processes share. The inbox encrypts its events before it stores them. The keys for that derive from those of the
 * store, so that a key of the inboxes decrypts no token.
 */
export class RedisInboxes implements Inboxes {
  readonly #listeners = new ListenersByName();
  // Private, so that a printed store shows neither a key nor the connection.
  readonly #keys: readonly Uint8Array[];
  readonly #link: Link;

  constructor(
    link: Link,
    readonly prefix: string,
    readonly channel: string,
    keys: readonly Uint8Array[],
  ) {
    this.#link = link;
    this.#keys = deriveKeys(keys, 'inboxes');
  }

  get keys(): readonly Uint8Array[] {
    return this.#keys;
  }

  open(inbox: string): EventQueue {
    const name = digest(inbox);
    const keys = makeKeys(this.prefix, `inbox:${inbox}`, INBOX_KEYS);
    return new RedisEventQueue(
      (script, ...args) => this.#link.run(script, keys, args),
      [this.channel, `inbox ${name}`],
      (fn) => this.#listeners.add(name, fn),
    );
  }

  /** Notifies the listeners of one inbox, given by the digest of its name. */
  onMessage(name: string): void {
    this.#listeners.notify(name);
  }

  /** Notifies all listeners: the store can be used again, and messages may have been missed. */
  onReady(): void {
    this.#listeners.notifyAll();
  }
}

/** The events of one inbox in Redis. */
class RedisEventQueue implements EventQueue {
  // Private, so that a printed queue does not show the connection.
  readonly #run: (script: Script, ...args: string[]) => Promise<unknown>;
  /** The channel and the message that tell other processes about events. */
  readonly #news: readonly [string, string];
  readonly listen: (fn: () => void) => Undo;

  constructor(
    run: (script: Script, ...args: string[]) => Promise<unknown>,
    news: readonly [string, string],
    listen: (fn: () => void) => Undo,
  ) {
    this.#run = run;
    this.#news = news;
    this.listen = listen;
  }

  async add(event: StoredEvent, maxEvents: number): Promise<'added' | 'known' | 'full'> {
    // Redis holds a digest of the key beside the event, because a key may name a person.
    const lane = event.key === undefined ? '' : digest(event.key);
    const args = [event.id, lane, ...partsOf(event), String(maxEvents), ...this.#news];
    return String(await this.#run(ADD_EVENT, ...args)) as 'added' | 'known' | 'full';
  }

  async claim(limit: number, forMs: number): Promise<{ claims: EventClaim[]; nextInMs: number | undefined }> {
    const reply = await this.#run(CLAIM_EVENTS, String(limit), String(Math.ceil(forMs)));
    const [next = '', ...parts] = (reply as unknown[]).map(String);
    const claims: EventClaim[] = [];
    for (let i = 0; i < parts.length; i += 4) {
      const [attempts, json, fence, drops] = parts.slice(i, i + 4) as [string, string, string, string];
      claims.push({ event: parseEvent(attempts, json), fence: Number(fence), drops: Number(drops) });
    }
    return { claims, nextInMs: next === '' ? undefined : Number(next) };
  }

  renew(id: string, fence: number, forMs: number): Promise<boolean> {
    return this.#change(RENEW_EVENT, id, String(fence), String(Math.ceil(forMs)));
  }

  settle(id: string, fence: number, end: EventEnd): Promise<boolean> {
    const args =
      end.kind === 'done'
        ? [String(Math.ceil(end.rememberMs)), String(end.maxRemembered)]
        : [...partsOf(end.event), String(end.kind === 'retry' ? Math.ceil(end.inMs) : 0)];
    return this.#change(SETTLE_EVENT, id, String(fence), end.kind, ...this.#news, ...args);
  }

  async listDead(after: string, limit: number): Promise<{ events: StoredEvent[]; next: string | undefined }> {
    const reply = await this.#run(LIST_DEAD_EVENTS, after === '' ? '0' : after, String(limit));
    const [next = '', ...parts] = (reply as unknown[]).map(String);
    const events: StoredEvent[] = [];
    for (let i = 0; i < parts.length; i += 2) events.push(parseEvent(parts[i] as string, parts[i + 1] as string));
    return { events, next: next === '' ? undefined : next };
  }

  revive(id: string): Promise<boolean> {
    return this.#change(REVIVE_EVENT, id, ...this.#news);
  }

  deleteDead(id: string): Promise<boolean> {
    return this.#change(DELETE_DEAD_EVENT, id);
  }

  async counts(): Promise<EventCounts> {
    const [all = 0, dead = 0] = ((await this.#run(COUNT_EVENTS)) as unknown[]).map(Number);
    return { pending: all - dead, dead };
  }

  async #change(script: Script, ...args: string[]): Promise<boolean> {
    return Number(await this.#run(script, ...args)) === 1;
  }
}

/** The attempts of an event, which scripts change, and everything else as JSON. */
function partsOf({ attempts, ...rest }: StoredEvent): [attempts: string, json: string] {
  return [String(attempts), JSON.stringify(rest)];
}

/** Restores an event. JSON leaves out the members that were undefined. */
function parseEvent(attempts: string, json: string): StoredEvent {
  const rest = JSON.parse(json) as Omit<StoredEvent, 'attempts'>;
  return { ...rest, key: rest.key, reason: rest.reason, attempts: Number(attempts) };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
