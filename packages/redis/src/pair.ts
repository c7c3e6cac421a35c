import { randomUUID } from 'node:crypto';
import { connectLike, type Connection, type RedisClient } from './client.js';
import { LinkError } from './replies.js';
import type { Script } from './script.js';
import { HEARTBEAT, SELF_TEST } from './scripts/self-test.js';

/** What a pair tells. */
export interface PairEvents {
  onMessage(message: string): void;
  /** One of the two connections is gone, or never came. */
  onGone(error: unknown): void;
}

/** Two connections to one store: one for commands, one for news. They are opened, used and given up together. */
export class Pair {
  readonly #commands: Connection;
  readonly #news: Connection;
  readonly #channel: string;
  /** Only this pair listens to it. */
  readonly #own: string;
  readonly #events: PairEvents;
  #sent = 0;
  #awaits: 'connection' | 'answer' | 'message' = 'connection';
  /** Whoever waits for a message of its own, by its number. */
  readonly #waiting = new Map<string, () => void>();

  constructor(client: RedisClient, channel: string, events: PairEvents) {
    this.#channel = channel;
    this.#own = `${channel}:${randomUUID()}`;
    this.#events = events;
    const onGone = (error: unknown): void => events.onGone(error);
    this.#commands = connectLike(client, onGone);
    this.#news = connectLike(client, onGone);
  }

  /** What the step under way waits for, to say what did not come in time. */
  get awaits(): 'connection' | 'answer' | 'message' {
    return this.#awaits;
  }

  /** Settles when both are open and have shown that the store can be used: a script ran, and its message was heard. */
  async open(): Promise<void> {
    await Promise.all([this.#commands.opened, this.#news.opened]);
    this.#awaits = 'answer';
    await this.#news.subscribe([this.#channel, this.#own], (channel, message) => {
      if (channel === this.#own) this.#waiting.get(message)?.();
      else this.#events.onMessage(message);
    });
    await this.#hearsOf(SELF_TEST);
  }

  /** Settles when a message was published and heard. */
  async hearsItself(): Promise<void> {
    await this.#hearsOf(HEARTBEAT);
  }

  /** Runs a script by its digest, or whole where the server does not know it. */
  async run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    try {
      return await this.#commands.evalSha(script.sha, keys, args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('NOSCRIPT')) throw error;
      return this.#commands.eval(script.text, keys, args);
    }
  }

  close(): void {
    this.#commands.close();
    this.#news.close();
  }

  async #hearsOf(script: Script): Promise<void> {
    const message = String(++this.#sent);
    const heard = new Promise<void>((resolve) => this.#waiting.set(message, resolve));
    this.#awaits = 'answer';
    try {
      // The key begins like all others of the prefix.
      const reply = await this.run(script, [`{${this.#channel}}:self-test`], [this.#own, message]);
      if (Number(reply) !== 1) throw new LinkError('NOCOMMAND', 'a script did not answer what it returns');
      this.#awaits = 'message';
      await heard;
    } finally {
      this.#waiting.delete(message);
    }
  }
}
