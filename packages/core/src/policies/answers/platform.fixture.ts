import type { Call, CallRequest, KeptAnswer } from '../../contract/call.js';
import type { CallContext } from '../../contract/context.js';
import { answered, failed, type Outcome } from '../../contract/outcome.js';
import { createHoldline, type Holdline, type HoldlineConfig } from '../../index.js';
import { assertNoStalledCalls, seededRandom, VirtualClock } from '../../testing.js';
import { type Running, track } from '../../line/transport.fixture.js';

/** A request that reached the platform. */
export interface Arrived {
  at: number;
  request: string;
  headers: Record<string, string>;
}

/** The answer of the platform of a test. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  afterMs?: number;
  /** Whether the client throws the answer. */
  threw?: boolean;
  /** Completes the answer when the platform executes the request, in the middle of its duration. */
  late?: (version: number) => Reply;
  /** Whether the connection breaks after the execution. */
  isLost?: boolean;
}

/** The native result of a test client. */
export interface Native {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** The request of a test. */
export interface Wanted {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  context?: CallContext;
  signal?: AbortSignal;
  payload?: string;
  owner?: object;
  form?: string;
  tenant?: string;
  /** Parts that the client lacks. */
  lacks?: readonly ('variant' | 'copy' | 'answerBody' | 'restoreAnswer')[];
}

export const ORIGIN = 'https://api.test';

/** A platform whose resources have a version. A write to a path makes its next version in the middle of its duration. */
export class Platform {
  readonly arrived: Arrived[] = [];
  readonly versions = new Map<string, number>();
  readonly history: { at: number; path: string; version: number }[] = [];
  /** Answers released by `discard`. */
  discarded = 0;
  reply: (arrived: Arrived) => Reply | 'reset' | 'hang' = () => ({});

  constructor(readonly clock: VirtualClock) {}

  version(path: string): number {
    return this.versions.get(path) ?? 1;
  }

  /** The requests as `at METHOD path`. */
  get table(): string[] {
    return this.arrived.map(({ at, request }) => `${at} ${request.replace(ORIGIN, '')}`);
  }

  request(wanted: Wanted = {}): CallRequest {
    const { method = 'GET', url = '/a', headers: given = {}, payload, lacks = [], ...rest } = wanted;
    const headers = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
    const absolute = url.startsWith('/') ? ORIGIN + url : url;
    const request: CallRequest = {
      method,
      url: absolute,
      replayable: true,
      ownOrigin: ORIGIN,
      client: 'test',
      ...rest,
      headers: {
        get: (name) => headers.get(name.toLowerCase()),
        set: (name, value) => void headers.set(name.toLowerCase(), value),
      },
      ...(payload !== undefined && { payload: () => payload }),
      letter: () => ({ url: absolute, headers: [...headers], body: payload }),
      send: (call) =>
        this.#send(call, {
          at: this.clock.now(),
          request: `${method} ${absolute}`,
          headers: Object.fromEntries(headers),
        }),
      discard: () => void this.discarded++,
      copy: (value) => ({ ...(value as Native) }),
      answerBody: (value) => (value as Native).body,
      restoreAnswer: ({ status, headers: kept, body }: KeptAnswer): Native => ({ status, headers: { ...kept }, body }),
      variant: (change) => {
        const own = Object.fromEntries(
          Object.entries(wanted).filter(([name]) => name !== 'signal' && name !== 'context'),
        );
        return this.request({
          ...own,
          url: change.url ?? absolute,
          headers: { ...Object.fromEntries(headers), ...change.headers },
        });
      },
    };
    return Object.fromEntries(
      Object.entries(request).filter(([name]) => !(lacks as readonly string[]).includes(name)),
    ) as unknown as CallRequest;
  }

  #send(call: Call, arrived: Arrived): Promise<Outcome> {
    this.arrived.push(arrived);
    const reply = this.reply(arrived);
    return new Promise((resolve) => {
      const { attemptSignal } = call;
      attemptSignal.addEventListener('abort', () => resolve(failed(attemptSignal.reason, 'cancelled')));
      if (reply === 'hang') return;
      if (reply === 'reset')
        return resolve(failed(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'unknown'));
      const { afterMs = 0 } = reply;
      if (afterMs === 0) return resolve(this.#execute(call, reply));
      void this.clock.setTimer(afterMs / 2, () => {
        const outcome = this.#execute(call, reply);
        void this.clock.setTimer(afterMs / 2, () => resolve(outcome));
      });
    });
  }

  #execute(call: Call, reply: Reply): Outcome {
    const { pathname } = new URL(call.url);
    const isWrite = call.method !== 'GET' && call.method !== 'HEAD';
    if (isWrite && (reply.status ?? 200) < 400) this.change(pathname);
    const version = this.version(pathname);
    const {
      status = 200,
      headers = {},
      body = `v${version}`,
      threw = false,
      isLost,
    } = { ...reply, ...reply.late?.(version) };
    if (isLost) return failed(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'unknown');
    const value: Native = { status, headers, body };
    return answered(value, { status, header: (name) => headers[name], threw });
  }

  /** Makes the next version of a path. */
  change(path: string): void {
    this.versions.set(path, this.version(path) + 1);
    this.history.push({ at: this.clock.now(), path, version: this.version(path) });
  }

  /** The version of a path at a time, before changes at this time. */
  versionBefore(path: string, at: number): number {
    return this.history.findLast((change) => change.path === path && change.at < at)?.version ?? 1;
  }
}

/** A line on a virtual clock with a platform. */
export function setupPlatform(config: HoldlineConfig): {
  clock: VirtualClock;
  line: Holdline;
  platform: Platform;
  start(wanted?: Wanted): Running;
  get(wanted?: Wanted): Promise<Running>;
} {
  const clock = (config.clock as VirtualClock | undefined) ?? new VirtualClock();
  const line = createHoldline({ clock, random: seededRandom(1), retry: false, ...config });
  clock.afterEachStep(() => assertNoStalledCalls(line));
  const platform = new Platform(clock);
  const start = (wanted?: Wanted): Running => track(clock, line.run(platform.request(wanted)));
  return {
    clock,
    line,
    platform,
    start,
    async get(wanted) {
      const running = start(wanted);
      await running.promise.catch(() => undefined);
      return running;
    },
  };
}
