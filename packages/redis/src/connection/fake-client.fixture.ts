import type { RedisClient } from './client.js';

/** What a fake server does with a command: it answers, or throws what Redis answers. */
export type Answer = (script: 'sha' | 'text', args: (string | number)[]) => Promise<unknown>;

/** A client of ioredis as far as the store uses it, with a server that hears what is published. */
export class FakeClient {
  readonly made: FakeClient[] = [];
  readonly #listeners = new Map<string, (...args: unknown[]) => void>();
  readonly #channels = new Set<string>();
  overrides: unknown[] = [];
  status = 'connecting';
  isCluster = false;
  options: object = {};

  constructor(
    /** Undefined: it runs every script, and delivers what the self-test publishes. */
    public answer: Answer | undefined = undefined,
    /** What becomes of a new connection: it opens, fails with an error, or hangs. */
    public opens: 'at once' | 'never' | Error = 'at once',
    /** Whether messages arrive. */
    public hears = true,
    readonly family: FakeClient[] = [],
  ) {}

  get client(): RedisClient {
    return this as unknown as RedisClient;
  }

  duplicate(...overrides: unknown[]): FakeClient {
    const { made, answer, opens, hears } = this;
    const copy = new FakeClient(answer, opens, hears, this.made);
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

  /** Connections that were not closed. */
  get open(): number {
    return this.made.filter(({ status }) => status !== 'end').length;
  }

  #run(kind: 'sha' | 'text', args: (string | number)[]): Promise<unknown> {
    if (this.answer) return this.answer(kind, args);
    const [, , channel, message] = args;
    if (this.hears)
      for (const one of this.family)
        if (one.#channels.has(String(channel))) queueMicrotask(() => one.emit('message', channel, message));
    return Promise.resolve(1);
  }
}
