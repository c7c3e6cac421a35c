import { randomUUID } from 'node:crypto';
import type { Script } from '../scripts/script.js';
import { HEARTBEAT, SELF_TEST } from '../scripts/self-test.js';
import { openConnection, type RedisClient } from './client.js';
import type { Connection } from './connection.js';
import { LinkError } from './failures.js';

/** The answer that a step of a connection pair waits for. */
export type PendingAnswer = 'connection' | 'reply' | 'message';

/** Callbacks of a connection pair. */
export interface PairEvents {
  onMessage(message: string): void;
  /** One of the two connections closed, or never opened. */
  onClosed(error: unknown): void;
}

/** Two connections to one store: one for commands, one for messages. They are opened, used and closed together. */
export class ConnectionPair {
  readonly #commands: Connection;
  readonly #messages: Connection;
  readonly #channel: string;
  /** Only this pair subscribes to this channel. */
  readonly #ownChannel: string;
  readonly #events: PairEvents;
  #published = 0;
  #pending: PendingAnswer = 'connection';
  /** Resolvers of the pair's own messages that have not arrived, by message number. */
  readonly #waiting = new Map<string, () => void>();

  constructor(client: RedisClient, channel: string, events: PairEvents) {
    this.#channel = channel;
    this.#ownChannel = `${channel}:${randomUUID()}`;
    this.#events = events;
    const onClosed = (error: unknown): void => events.onClosed(error);
    this.#commands = openConnection(client, onClosed);
    this.#messages = openConnection(client, onClosed);
  }

  /** The answer that the current step waits for. A timeout is explained with it. */
  get pending(): PendingAnswer {
    return this.#pending;
  }

  /** Settles when both connections are open and the self-test has passed: its script ran, and its message arrived. */
  async open(): Promise<void> {
    await Promise.all([this.#commands.opened, this.#messages.opened]);
    this.#pending = 'reply';
    await this.#messages.subscribe([this.#channel, this.#ownChannel], (channel, message) => {
      if (channel === this.#ownChannel) this.#waiting.get(message)?.();
      else this.#events.onMessage(message);
    });
    await this.#publishAndReceive(SELF_TEST);
  }

  /** Settles when a published message has arrived. */
  async checkMessages(): Promise<void> {
    await this.#publishAndReceive(HEARTBEAT);
  }

  /** Runs a script by its digest. Sends the whole script if the server does not have it. */
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
    this.#messages.close();
  }

  async #publishAndReceive(script: Script): Promise<void> {
    const message = String(++this.#published);
    const received = new Promise<void>((resolve) => this.#waiting.set(message, resolve));
    this.#pending = 'reply';
    try {
      // The key starts like all other keys of the prefix, so that the same ACL rule covers it.
      const reply = await this.run(script, [`{${this.#channel}}:self-test`], [this.#ownChannel, message]);
      if (Number(reply) !== 1) throw new LinkError('NOCOMMAND', 'the self-test script did not return 1');
      this.#pending = 'message';
      await received;
    } finally {
      this.#waiting.delete(message);
    }
  }
}
