import type { RedisClient } from './client.js';

/** Handles a command like a server: returns the reply, or throws the error of Redis. */
export type Answer = (script: 'sha' | 'text', args: (string | number)[]) => Promise<unknown>;

/** A fake ioredis client, with a fake server that delivers published messages. */
export class FakeClient {
  readonly made: FakeClient[] = [];
  readonly #listeners = new Map<string, (...args: unknown[]) => void>();
  readonly #channels = new Set<string>();
  overrides: unknown[] = [];
  status = 'connecting';
  isCluster = false;
  options: object = {};

  constructor(
    /** Undefined: every script returns 1, and the message of the self-test is delivered. */
    public answer: Answer | undefined = undefined,
    /** Whether a new connection opens, hangs, or fails with an error. */
    public opens: 'at once' | 'never' | Error = 'at once',
    /** Whether messages are delivered. */
    public delivers = true,
    readonly family: FakeClient[] = [],
  ) {}

  get client(): RedisClient {
    return this as unknown as RedisClient;
  }

  duplicate(...overrides: unknown[]): FakeClient {
    const { made, answer, opens, delivers } = this;
    const copy = new FakeClient(answer, opens, delivers, this.made);
    copy.overrides = overrides;
    made.push(copy);
    if (opens === 'at once')
      queueMicrotask(() => {
        if (copy.status !== 'connecting') return;
        copy.status = 'ready';
        copy.emit('ready');
      });
    else if (opens !== 'never') queueMicrotask(() => copy.emit('error', opens));
    return copy;
  }

  on(event: string, listener: (...args: unknown[]) => void): void {
    this.#listeners.set(event, listener);
  }

  emit(event: string, ...args: unknown[]): void {
    this.#listeners.get(event)?.(...args);
  }

  subscribe(...channels: string[]): Promise<unknown> {
    for (const channel of channels) this.#channels.add(channel);
    return Promise.resolve(channels.length);
  }

  evalsha(_sha: string, ...args: (string | number)[]): Promise<unknown> {
    return this.#run('sha', args);
  }

  eval(_script: string, ...args: (string | number)[]): Promise<unknown> {
    return this.#run('text', args);
  }

  disconnect(): void {
    this.status = 'end';
  }

  /** Number of connections that are not closed. */
  get open(): number {
    return this.made.filter(({ status }) => status !== 'end').length;
  }

  #run(kind: 'sha' | 'text', args: (string | number)[]): Promise<unknown> {
    if (this.answer) return this.answer(kind, args);
    const [, , channel, message] = args;
    if (this.delivers)
      for (const one of this.family)
        if (one.#channels.has(String(channel))) queueMicrotask(() => one.emit('message', channel, message));
    return Promise.resolve(1);
  }
}
