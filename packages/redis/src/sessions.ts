import { createHash, randomUUID } from 'node:crypto';
import type { SessionClaim, SessionKeys, SessionPlace, Undo } from '@holdline/core';
import { keysOf } from './keys.js';
import type { Link } from './link.js';
import { SESSION_CLAIM, SESSION_LEAVE } from './scripts/sessions.js';

type Listener = () => void;

/** Session keys of a fleet, by their digests: they may name users. */
export class RedisSessions implements SessionKeys {
  readonly #id = randomUUID();
  readonly #listeners = new Map<string, Set<Listener>>();

  // Whoever prints a store does not see the way to Redis.
  readonly #link: Link;

  constructor(
    link: Link,
    readonly prefix: string,
    readonly channel: string,
    readonly onLoss: SessionKeys['onLoss'],
  ) {
    this.#link = link;
  }

  async claim(key: string, { session, fence, forMs, replaces }: SessionClaim): Promise<SessionPlace> {
    const name = this.#name(key);
    const numbers = [String(fence ?? 0), String(Math.ceil(forMs)), replaces ? '1' : '0'];
    const args = [`${this.#id}/${session}`, ...numbers, this.channel, name];
    const reply = (await this.#link.run(SESSION_CLAIM, this.#keys(name), args)) as unknown[];
    const [given, has, replaced, heldForMs] = reply.map(Number) as [number, number, number, number];
    return { fence: given, has: has === 1, replaced: replaced === 1, heldForMs };
  }

  async leave(key: string, session: string): Promise<void> {
    const name = this.#name(key);
    await this.#link.run(SESSION_LEAVE, this.#keys(name), [`${this.#id}/${session}`, this.channel, name]);
  }

  listen(key: string, fn: () => void): Undo {
    const name = this.#name(key);
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const entry: Listener = () => fn();
    listeners.add(entry);
    return () => {
      listeners.delete(entry);
      if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name);
    };
  }

  /** News of a key. */
  heard(name: string): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener();
  }

  /** The store can be used, for the first time or again: news may have been missed. */
  ready(): void {
    for (const name of [...this.#listeners.keys()]) this.heard(name);
  }

  #keys(name: string): string[] {
    return keysOf(this.prefix, `session:${name}`, ['state']);
  }

  #name(key: string): string {
    return createHash('sha256').update(`${this.prefix} ${key}`).digest('hex').slice(0, 32);
  }
}
