import type { Call } from '../contract/call.js';
import type { CallRequest, KeptAnswer } from '../contract/call.js';
import type { CallContext } from '../contract/context.js';
import type { EventName, HoldlineEvents } from '../contract/events.js';
import { createHoldline, type BodySource, type Holdline, type HoldlineConfig, type Outcome } from '../index.js';
import { type Answer, answered, failed } from '../contract/outcome.js';
import { assertNoStalledCalls, seededRandom, VirtualClock } from '../testing.js';

/** One sent request. */
export interface Sent {
  /** Monotonic ms. */
  at: number;
  /** `METHOD url`. */
  request: string;
  /** Headers by lower-case name. */
  headers: Record<string, string>;
}

/**
 * The reaction of the platform to one attempt: a status, a status with headers, a network failure before (`refused`) or after the
 * request was sent (`reset`), no answer with (`hang`) or without (`deaf`) reaction to an abort, or a function.
 */
export type Step =
  | number
  | {
      status: number;
      headers?: Record<string, string>;
      afterMs?: number;
      threw?: boolean;
      limitKey?: string;
      retryAfterMs?: number;
      kind?: Answer['kind'];
    }
  | 'refused'
  | 'reset'
  | 'hang'
  | 'deaf'
  | ((call: Call) => Outcome | Promise<Outcome>);

/** The request of a test. The default is a GET with a repeatable body. */
export interface Asked {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  context?: CallContext;
  signal?: AbortSignal;
  replayable?: boolean;
  repeatable?: boolean;
  payload?: string;
  retriedBy?: string;
  ownOrigin?: string;
  copy?: (value: unknown) => unknown;
  answer?: (value: unknown) => unknown;
  answerBody?: ((value: unknown) => unknown) | undefined;
  restoreAnswer?: (answer: KeptAnswer) => unknown;
  source?: BodySource | undefined;
  owner?: object;
}

/** A call that a test started, with its result. */
export interface Running {
  readonly promise: Promise<unknown>;
  /** Monotonic ms at which the call ended. */
  at: number | undefined;
  value: unknown;
  error: unknown;
}

export const ORIGIN = 'https://api.test';

/** A platform that answers by a script. The last step of a list repeats. */
export class Wire {
  readonly sent: Sent[] = [];

  constructor(
    readonly clock: VirtualClock,
    public script: Step[] | ((sent: Sent, call: Call) => Step),
  ) {}

  /** The sent requests as `at METHOD url`. */
  get table(): string[] {
    return this.sent.map(({ at, request }) => `${at} ${request.replace(ORIGIN, '')}`);
  }

  /** One header of every request. */
  header(name: string): (string | undefined)[] {
    return this.sent.map(({ headers }) => headers[name]);
  }

  request(asked: Asked = {}): CallRequest {
    const {
      method = 'GET',
      url = '/a',
      replayable = true,
      headers: given = {},
      payload,
      ownOrigin = ORIGIN,
      answerBody,
      ...rest
    } = asked;
    const headers = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
    const absolute = url.startsWith('/') ? ORIGIN + url : url;
    return {
      method,
      url: absolute,
      replayable,
      ownOrigin,
      headers: {
        get: (name) => headers.get(name.toLowerCase()),
        set: (name, value) => void headers.set(name.toLowerCase(), value),
      },
      ...(payload === undefined ? {} : { payload: () => payload }),
      ...(answerBody && { answerBody }),
      ...rest,
      send: async (call) => {
        const sent = { at: this.clock.now(), request: `${method} ${absolute}`, headers: Object.fromEntries(headers) };
        this.sent.push(sent);
        const { script } = this;
        const step =
          typeof script === 'function' ? script(sent, call) : (script[this.sent.length - 1] ?? script.at(-1) ?? 200);
        return this.#play(step, call);
      },
    };
  }

  async #play(step: Step, call: Call): Promise<Outcome> {
    if (typeof step === 'function') return step(call);
    if (step === 'refused')
      return failed(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'not-sent');
    if (step === 'reset') return failed(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), 'unknown');
    if (step === 'deaf') return new Promise(() => undefined);
    if (step === 'hang') {
      return new Promise((resolve) => {
        const { cancellation } = call;
        (cancellation?.attempt ?? cancellation)?.onCancel((reason) => resolve(failed(reason, 'cancelled')));
      });
    }
    const { status, headers = {}, afterMs = 0, ...rest } = typeof step === 'number' ? { status: step } : step;
    if (afterMs > 0) await new Promise<void>((resolve) => void this.clock.setTimer(afterMs, resolve));
    return answered({ status }, { status, header: (name) => headers[name], ...rest });
  }
}

export interface Setup {
  clock: VirtualClock;
  line: Holdline;
  wire: Wire;
  /** Starts a call. The test moves the clock and then reads the result. */
  start(asked?: Asked): Running;
  /** Makes a call and moves the clock until it ends. */
  run(asked?: Asked): Promise<Running>;
  /** Events of one name since the first call of `told` with this name. */
  told<E extends EventName>(event: E): HoldlineEvents[E][];
}

/** A line on a virtual clock with a scripted platform. */
export function setup(config: HoldlineConfig = {}, script: Wire['script'] = []): Setup {
  const clock = (config.clock as VirtualClock | undefined) ?? new VirtualClock();
  const line = createHoldline({ clock, random: seededRandom(1), ...config });
  clock.afterEachStep(() => assertNoStalledCalls(line));
  const wire = new Wire(clock, script);
  const told = new Map<EventName, unknown[]>();
  const start = (asked?: Asked): Running => track(clock, line.run(wire.request(asked)));
  return {
    clock,
    line,
    wire,
    start,
    async run(asked) {
      const running = start(asked);
      await clock.run();
      return running;
    },
    told<E extends EventName>(event: E) {
      let events = told.get(event) as HoldlineEvents[E][] | undefined;
      if (!events) {
        const list: HoldlineEvents[E][] = [];
        told.set(event, (events = list));
        line.on(event, (value) => void list.push(value));
      }
      return events;
    },
  };
}

/** Records the result of a promise, so that a test can read it without waiting. */
export function track(clock: VirtualClock, promise: Promise<unknown>): Running {
  const running: Running = { promise, at: undefined, value: undefined, error: undefined };
  promise.then(
    (value) => Object.assign(running, { value, at: clock.now() }),
    (error: unknown) => Object.assign(running, { error, at: clock.now() }),
  );
  return running;
}

/** Makes a function that reads headers by lower-case name. */
export const headers =
  (values: Record<string, string | undefined>) =>
  (name: string): string | undefined =>
    values[name];
