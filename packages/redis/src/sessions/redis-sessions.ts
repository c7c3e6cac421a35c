import { createHash, randomUUID } from 'node:crypto';
import { ListenersByName, type SessionClaim, type SessionKeys, type SessionPlace, type Undo } from '@holdline/core';
import type { Link } from '../connection/link.js';
import { makeKeys } from '../scripts/keys.js';
import { CLAIM_SESSION, LEAVE_SESSION } from './session-scripts.js';

/** Session keys that all processes share. Redis holds their digests only, because a key may name a user. */
export class RedisSessions implements SessionKeys {
  readonly #id = randomUUID();
  readonly #listeners = new ListenersByName();
  // Private, so that a printed store does not show the connection.
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
    const name = this.#digest(key);
    const numbers = [String(fence ?? 0), String(Math.ceil(forMs)), replaces ? '1' : '0'];
    const args = [`${this.#id}/${session}`, ...numbers, this.channel, name];
    const reply = (await this.#link.run(CLAIM_SESSION, this.#keys(name), args)) as unknown[];
    const [given, has, replaced, heldForMs] = reply.map(Number) as [number, number, number, number];
    return { fence: given, has: has === 1, replaced: replaced === 1, heldForMs };
  }

  async leave(key: string, session: string): Promise<void> {
    const name = this.#digest(key);
    await this.#link.run(LEAVE_SESSION, this.#keys(name), [`${this.#id}/${session}`, this.channel, name]);
  }

  listen(key: string, fn: () => void): Undo {
    return this.#listeners.add(this.#digest(key), fn);
  }

  /** Notifies the listeners of one key, given by its digest. */
  onMessage(name: string): void {
    this.#listeners.notify(name);
  }

  /** Notifies all listeners: the store can be used again, and messages may have been missed. */
  onReady(): void {
    this.#listeners.notifyAll();
  }

  #keys(name: string): string[] {
    return makeKeys(this.prefix, `session:${name}`, ['state']);
  }

  #digest(key: string): string {
    return createHash('sha256').update(`${this.prefix} ${key}`).digest('hex').slice(0, 32);
  }
}
