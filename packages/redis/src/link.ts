import { createHash } from 'node:crypto';
import { plainError } from '@holdline/core';
import { connectLike, type Connection, type RedisClient } from './client.js';

/** Answers missing in a row before the connection is given up for a new one: nobody may be at its other end. */
const MOST_SILENCES = 3;
/** A connection that has not come about in this time may have lost its handshake: another one is tried, ms. */
const LONGEST_HANDSHAKE_MS = 2_000;
/** Errors of a server that is not the one to talk to, or not yet. */
const WRONG_SERVER = /^(READONLY|MASTERDOWN|CLUSTERDOWN|LOADING)\b/;

/** A Lua script and its digest. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** Prepares a script. */
export function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** What a link tells. */
export interface LinkListener {
  /** It can be used, for the first time or again. */
  onReady(): void;
  onMessage(message: string): void;
}

/**
 * Two connections, for commands and for news, that come back by themselves. Every command ends in a bounded time: what is not
 * answered in it is an error, and what cannot be sent is one at once.
 */
export class Link {
  #commands: Connection | undefined = undefined;
  #news: Connection | undefined = undefined;
  #silences = 0;
  /** By `performance.now`. */
  #openedAt = 0;
  #closed = false;
  /** Whether there was a connection already; the first is waited for. */
  #wasReady = false;
  #lastError: unknown = undefined;
  readonly #waiting = new Set<() => void>();

  constructor(
    readonly client: Promise<RedisClient>,
    readonly channel: string,
    readonly timeoutMs: number,
    readonly listener: LinkListener,
  ) {
    client.then(
      (found) => this.#open(found),
      (error: unknown) => {
        this.#lastError = plainError(error);
        this.#settle();
      },
    );
  }

  /** Runs a script by its digest, or whole where the server does not know it. */
  async run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    if (!this.#commands?.isReady() && !this.#wasReady) await this.ready();
    const connection = this.#commands;
    if (!connection?.isReady()) {
      if (connection && performance.now() - this.#openedAt > LONGEST_HANDSHAKE_MS) this.#reopen(connection);
      throw new Error(this.#closed ? 'the store was closed' : this.#whyNot());
    }
    try {
      const result = await this.#bounded(this.#evaluate(connection, script, keys, args), () => {
        if (connection === this.#commands && ++this.#silences >= MOST_SILENCES) this.#reopen(connection);
      });
      this.#silences = 0;
      return result;
    } catch (error) {
      if (error instanceof Error && WRONG_SERVER.test(error.message)) this.#reopen(connection);
      // That of ioredis shows the command: of AUTH the password.
      throw plainError(error);
    }
  }

  /** Settles when the store can be used; rejects when that takes too long. */
  async ready(): Promise<void> {
    if (this.#commands?.isReady()) return;
    if (this.#closed) throw new Error('the store was closed');
    try {
      await this.#bounded(new Promise<void>((resolve) => this.#waiting.add(resolve)), () => undefined);
    } catch (error) {
      // Why nothing came of it says more than that it took too long.
      throw this.#lastError instanceof Error ? this.#lastError : error;
    }
    if (!this.#commands?.isReady())
      throw this.#lastError instanceof Error ? this.#lastError : new Error(this.#whyNot());
  }

  close(): void {
    this.#closed = true;
    this.#commands?.close();
    this.#news?.close();
    this.#settle();
  }

  async #evaluate(
    connection: Connection,
    script: Script,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<unknown> {
    try {
      return await connection.evalSha(script.sha, keys, args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('NOSCRIPT')) throw error;
      return connection.eval(script.text, keys, args);
    }
  }

  async #bounded<T>(work: Promise<T>, onSilence: () => void): Promise<T> {
    let handle: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, reject) => {
      handle = setTimeout(() => {
        onSilence();
        reject(new Error(`no answer within ${this.timeoutMs} ms`));
      }, this.timeoutMs);
    });
    try {
      return await Promise.race([work, silence]);
    } finally {
      clearTimeout(handle);
      // It may still fail, with nobody there to hear it.
      work.catch(() => undefined);
    }
  }

  #open(client: RedisClient): void {
    if (this.#closed) return;
    this.#openedAt = performance.now();
    const onError = (error: unknown): void => {
      this.#lastError = plainError(error);
    };
    const commands = connectLike(client, {
      onReady: () => {
        if (commands !== this.#commands) return;
        this.#wasReady = true;
        this.#silences = 0;
        this.#settle();
        this.listener.onReady();
      },
      onError,
    });
    this.#commands = commands;
    const news = connectLike(client, {
      onReady: () => {
        news
          .subscribe(this.channel, (message) => this.listener.onMessage(message))
          .then(
            // Something may have been missed.
            () => this.#commands?.isReady() && this.listener.onReady(),
            onError,
          );
      },
      onError,
    });
    this.#news = news;
  }

  #reopen(given: Connection): void {
    // Commands fail together; the first of them has seen to it.
    if (given !== this.#commands) return;
    this.#commands = undefined;
    this.#silences = 0;
    given.close();
    this.#news?.close();
    this.client.then(
      (client) => this.#open(client),
      () => undefined,
    );
  }

  #settle(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #whyNot(): string {
    const { message } = (this.#lastError ?? {}) as { message?: unknown };
    return typeof message === 'string' && message !== '' ? `not connected: ${message}` : 'not connected';
  }
}
