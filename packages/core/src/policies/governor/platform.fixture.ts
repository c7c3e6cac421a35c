import { expect } from 'vitest';
import type { CallRequest } from '../../contract/call.js';
import { createHoldline, type Holdline, type HoldlineConfig } from '../../index.js';
import type { CallContext } from '../../contract/context.js';
import type { HoldlineEvents } from '../../contract/events.js';
import { answered, failed, type Outcome } from '../../contract/outcome.js';
import { assertNoStalledCalls, seededRandom, VirtualClock } from '../../testing.js';
import type { ScopeSnapshot } from './limits/snapshot.js';

/** How the platform of a test answers an attempt. */
export interface Reply {
  status?: number;
  /** Fails without an answer. */
  fails?: 'not-sent' | 'unknown';
  headers?: Record<string, string>;
  limitKey?: string;
  /** Time until the answer, in ms. @defaultValue 0: answered without a timer */
  ms?: number;
  /** Never answers. */
  hangs?: boolean;
}

/** One attempt on the wire. */
export interface Sent {
  readonly id: string;
  readonly at: number;
  readonly path: string;
  readonly weight: number;
  readonly context: CallContext;
  /** When the answer arrived; Infinity before. */
  endedAt: number;
  reply: Reply;
}

export interface CallSpec extends CallContext {
  path?: string;
  host?: string;
  method?: string;
  credential?: string;
  /** Name of the credential, which stays the same when its token changes. */
  credentialName?: string;
  /** @defaultValue true */
  replayable?: boolean;
  /** Another retry layer that owns the call. */
  retriedBy?: string;
  reply?: (sent: Sent) => Reply;
}

export type Settled = { id: string; at: number; value?: unknown; error?: Error & { retryAt?: number; code?: string } };

/** A line with a virtual clock, and a platform that records all attempts. */
export class Bench {
  readonly line: Holdline;
  readonly sent: Sent[] = [];
  readonly settled: Settled[] = [];
  /** How the platform answers calls without their own `reply`. */
  reply: (sent: Sent) => Reply = () => ({});

  constructor(
    config: HoldlineConfig = {},
    seed = 1,
    readonly clock = new VirtualClock(),
  ) {
    this.line = createHoldline({
      clock: this.clock,
      random: seededRandom(seed),
      retry: false,
      breaker: false,
      idempotency: false,
      ...config,
    });
    this.clock.afterEachStep(() => assertNoStalledCalls(this.line));
  }

  /** Makes a call, and records and returns its result when it settles. */
  call(id: string, spec: CallSpec = {}): Promise<Settled> {
    const { path = '/x', host = 'https://h', method = 'GET', credential, replayable = true, ...more } = spec;
    const { retriedBy, reply, credentialName, ...context } = more;
    const { clock } = this;
    const request: CallRequest = {
      method,
      url: `${host}${path}`,
      headers: {
        get: (name) => (name.toLowerCase() === 'authorization' ? credential : undefined),
        set: () => undefined,
      },
      replayable,
      credential: credentialName,
      retriedBy,
      context,
      send: ({ weight }) => {
        const sent: Sent = { id, at: clock.now(), path, weight, context, endedAt: Infinity, reply: {} };
        this.sent.push(sent);
        sent.reply = (reply ?? this.reply)(sent);
        const { ms = 0, hangs } = sent.reply;
        const finish = (): Outcome => {
          sent.endedAt = clock.now();
          return outcomeOf(sent.reply);
        };
        if (hangs) return new Promise(() => undefined);
        return ms === 0
          ? Promise.resolve(finish())
          : new Promise((resolve) => clock.setTimer(ms, () => resolve(finish())));
      },
    };
    const note = (settled: Settled): Settled => {
      this.settled.push(settled);
      return settled;
    };
    return this.line.run(request).then(
      (value) => note({ id, at: clock.now(), value }),
      (error: Error) => note({ id, at: clock.now(), error }),
    );
  }

  /** Makes `n` calls with the ids `id`1, `id`2, … */
  calls(n: number, id: string, spec: CallSpec = {}): Promise<Settled>[] {
    return Array.from({ length: n }, (_, i) => this.call(`${id}${i + 1}`, spec));
  }

  /** Ids of the attempts in the order of sending. */
  get order(): string {
    return this.sent.map(({ id }) => id).join(' ');
  }

  /** `id@ms` of the attempts in the order of sending. */
  get wire(): string {
    return this.sent.map(({ id, at }) => `${id}@${Math.round(at * 1000) / 1000}`).join(' ');
  }

  errorOf(id: string): Settled['error'] {
    return this.settled.find((settled) => settled.id === id)?.error;
  }

  /** `id:ErrorName` of all failed calls. */
  get failures(): string {
    return this.settled
      .filter(({ error }) => error)
      .map(({ id, error }) => `${id}:${error?.name ?? ''}`)
      .join(' ');
  }

  scope(name: string): ScopeSnapshot | undefined {
    return this.line.snapshot().scopes.find(({ scope }) => scope === name);
  }

  events<E extends keyof HoldlineEvents>(name: E): HoldlineEvents[E][] {
    const seen: HoldlineEvents[E][] = [];
    this.line.on(name, (event) => seen.push(event));
    return seen;
  }
}

/** Checks that no call waits or runs, and that no timer is set. */
export function expectIdle(bench: Bench): void {
  expect(bench.line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
  for (const scope of bench.line.snapshot().scopes) expect(scope.inFlight).toBe(0);
  expect(bench.clock.pending).toBe(0);
}

/** Name of the scope of calls without Authorization. */
export const ROOT = 'credential:none@https://h';
export const ROUTE = (path: string): string => `route:${ROOT}:GET ${path}`;

function outcomeOf({ status = 200, fails, headers = {}, limitKey }: Reply): Outcome {
  if (fails) return failed(new Error(fails), fails);
  // Answers from 400 on are thrown, as by axios.
  const value = status < 400 ? { status } : Object.assign(new Error(`status ${status}`), { status });
  return answered(value, { status, header: (name) => headers[name], threw: status >= 400, limitKey });
}

/** The highest number of permits within any window, if each attempt arrives at `arrival(sent)`. */
export function maxInWindow(sent: readonly Sent[], windowMs: number, arrival: (sent: Sent) => number): number {
  const arrivals = sent.map((one) => ({ at: arrival(one), weight: one.weight })).sort((a, b) => a.at - b.at);
  let most = 0;
  let inside = 0;
  let first = 0;
  for (const { at, weight } of arrivals) {
    inside += weight;
    for (let one = arrivals[first]; one && one.at + windowMs <= at; one = arrivals[++first]) inside -= one.weight;
    most = Math.max(most, inside);
  }
  return most;
}
