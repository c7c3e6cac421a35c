import {
  answered,
  createHoldline,
  definePolicy,
  EVENT_NAMES,
  type Call,
  type CallRequest,
  type EventName,
  type Interceptor,
  type Outcome,
  type Policy,
  type Ports,
} from '@holdline/core';
import { seededRandom, settle, VirtualClock } from '@holdline/core/testing';
import { Problem } from '../contract/failure.js';
import { pause } from '../scene/checked-connection.js';
import type { PolicyAnswer, PolicyRequest, PolicyUnderTest, ProvokedLine } from './types.js';
import type { Watch } from './watch.js';

/** A policy may wait for real work, such as a file, this long, ms. */
const REAL_WAIT_MS = 500;

/** Virtual steps in which a call may end: 10 s in steps of 100 ms, 10 min in steps of 1 s, and 24 h in steps of 1 min. */
const STEPS = [
  [100, 100],
  [600, 1_000],
  [1_440, 60_000],
] as const;

/** Credentials and data that only the request and its answer contain. */
export const CANARIES = {
  credential: 'contract-credential-7f3a91',
  cookie: 'contract-cookie-5b20c4',
  answer: 'contract-answer-c81d06',
} as const;

/** What a policy did with one call. */
export interface PolicyEnd {
  readonly outcome: Outcome | undefined;
  readonly error: unknown;
}

/** A call that a case made. */
export interface PolicyCall {
  readonly core: CallRequest;
  readonly number: number;
  /** Settles as the call does for its caller. */
  readonly promise: Promise<unknown>;
  /** Whether the policy got the call. */
  isEntered: boolean;
  /** Number of times that the policy passed the call on. */
  passes: number;
  /** How the policy ended; undefined while it runs. */
  end: PolicyEnd | undefined;
  isSettled: boolean;
  result: unknown;
  error: unknown;
  /** Members of the request that the policy called. */
  readonly touched: Set<string>;
  /** Headers that the policy wrote, in lower case. */
  readonly written: Set<string>;
}

type Platform = (call: PolicyCall, core: Call) => Outcome | Promise<Outcome>;

/** Makes the outcome of an answer with a secret in its headers and its body. */
export function answerWith({ status, headers = {} }: PolicyAnswer): Outcome {
  const all: Readonly<Record<string, string>> = { 'set-cookie': `session=${CANARIES.cookie}`, ...headers };
  return answered({ status, headers: all, data: CANARIES.answer }, { status, header: (name) => all[name] });
}

/** A line with the policy under test, on a clock of its own. All built-in policies except `deadline` are off. */
export class PolicyLine implements ProvokedLine {
  readonly clock = new VirtualClock();
  readonly line = createHoldline({
    clock: this.clock,
    random: seededRandom(1),
    governor: false,
    retry: false,
    breaker: false,
    idempotency: false,
  });
  /** Names of events that revealed a secret. */
  readonly revealing = new Set<string>();
  /** What the platform does with an attempt. */
  platform: Platform = () => answerWith({ status: 200 });
  readonly #calls = new Map<CallRequest, PolicyCall>();
  #numbers = 0;

  constructor(
    readonly subject: PolicyUnderTest,
    readonly policy: Policy,
    private readonly watch: Watch,
  ) {
    const { name, phase, before, after } = policy;
    this.line
      .use(this.#watched())
      .use(
        this.#probe({ name: `${name} (outside)`, phase, before: name, after }, (call, next) =>
          this.#outside(call, next),
        ),
      )
      .use(this.#probe({ name: `${name} (inside)`, phase, before, after: name }, (call) => this.#inside(call)));
    for (const event of Object.keys(EVENT_NAMES) as EventName[])
      this.line.on(event, (payload) => {
        if (this.watch.reveals(JSON.stringify(payload) ?? '')) this.revealing.add(event);
      });
  }

  /** Starts a call. */
  start(request: PolicyRequest = {}, signal?: AbortSignal): PolicyCall {
    const number = ++this.#numbers;
    const { method = 'GET', url, headers = {}, context } = { ...this.subject.request, ...request };
    const sent = new Map(
      Object.entries({ authorization: `Bearer ${CANARIES.credential}`, cookie: CANARIES.cookie, ...headers }),
    );
    const touched = new Set<string>();
    const written = new Set<string>();
    const touch = <T>(member: string, value: T): T => {
      touched.add(member);
      return value;
    };
    const core: CallRequest = {
      method,
      url: typeof url === 'function' ? url(number) : (url ?? `https://api.example.com/items/${number}`),
      headers: {
        get: (name) => sent.get(name.toLowerCase()),
        set: (name, value) => {
          written.add(name.toLowerCase());
          sent.set(name.toLowerCase(), value);
        },
      },
      replayable: true,
      ...(context && { context }),
      ...(signal && { signal }),
      payload: () => touch('payload()', JSON.stringify({ number })),
      letter: () => touch('letter()', { url: '', headers: [], body: undefined }),
      discard: () => void touched.add('discard()'),
      answerBody: () => touch('answerBody()', undefined),
      send: () => touch('send()', Promise.resolve(answerWith({ status: 200 }))),
    };
    const call: PolicyCall = {
      core,
      number,
      promise: Promise.resolve(),
      isEntered: false,
      passes: 0,
      end: undefined,
      isSettled: false,
      result: undefined,
      error: undefined,
      touched,
      written,
    };
    this.#calls.set(core, call);
    const promise = this.line.run(core);
    Object.assign(call, { promise });
    void promise.then(
      (result) => Object.assign(call, { isSettled: true, result }),
      (error: unknown) => Object.assign(call, { isSettled: true, error }),
    );
    return call;
  }

  /** Waits until a call has ended for its caller and for the policy. Virtual time passes meanwhile. */
  async end(call: PolicyCall, whileWaiting?: () => void): Promise<PolicyCall> {
    const isOver = async (): Promise<boolean> => {
      await settle();
      whileWaiting?.();
      return call.isSettled && (call.end !== undefined || !call.isEntered);
    };
    let steps = 0;
    let until = Infinity;
    while (!(await isOver())) {
      // Without a timer, only real work can end the call.
      const ms = this.clock.pending > 0 ? stepOf(steps) : undefined;
      if (ms !== undefined) {
        steps++;
        until = Infinity;
        await this.clock.advance(ms);
        continue;
      }
      until = Math.min(until, performance.now() + REAL_WAIT_MS);
      if (performance.now() > until) throw new Problem(neverEnded(call));
      await pause();
    }
    return call;
  }

  /** Makes a call and waits until it ends. The platform answers with the outcome. */
  async run(outcome: Outcome, request?: PolicyRequest): Promise<PolicyCall> {
    this.platform = () => outcome;
    return this.end(this.start(request));
  }

  async call(request: PolicyRequest = {}, answer: PolicyAnswer = { status: 200 }): Promise<void> {
    const call = await this.run(answerWith(answer), request);
    if (call.error !== undefined) throw call.error as Error;
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  /** The options of the policy and all events, as a line shows them. */
  explained(): unknown {
    const { policies } = this.line.explain({ method: 'GET', url: 'https://api.example.com/items/1' });
    return policies.find(({ name }) => name === this.policy.name)?.options;
  }

  async close(): Promise<void> {
    let isClosed = false;
    const closing = this.line.close().finally(() => (isClosed = true));
    while (!isClosed) {
      await this.clock.advance(1_000);
      await settle();
    }
    await closing;
  }

  /** The policy under test, whose code is observed. */
  #watched(): Policy {
    const { policy, watch } = this;
    const { name, phase, before, after, options } = policy;
    const place = { name, phase, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
    return {
      ...place,
      options,
      create: (ports) => {
        const interceptor = watch.run(() => policy.create(observedPorts(ports, watch)));
        return (call, next) => watch.run(() => interceptor(call, (passed) => watch.leave(() => next(passed))));
      },
    };
  }

  /** A policy beside the one under test. */
  #probe(
    place: { name: string; phase: Policy['phase']; before: string | undefined; after: string | undefined },
    interceptor: Interceptor,
  ): Policy {
    const { name, phase, before, after } = place;
    return definePolicy({
      name,
      phase,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      create: () => interceptor,
    })();
  }

  async #outside(core: Call, next: (call: Call) => Promise<Outcome>): Promise<Outcome> {
    const call = this.#callOf(core);
    call.isEntered = true;
    try {
      const outcome = await next(core);
      call.end = { outcome, error: undefined };
      return outcome;
    } catch (error) {
      call.end = { outcome: undefined, error };
      throw error;
    }
  }

  async #inside(core: Call): Promise<Outcome> {
    const call = this.#callOf(core);
    call.passes++;
    return this.platform(call, core);
  }

  #callOf({ request }: Call): PolicyCall {
    const call = this.#calls.get(request);
    if (!call) throw new Problem('The policy passed on a call that the line did not make.');
    return call;
  }
}

/** Length of a step of virtual time; undefined after the last one. */
function stepOf(number: number): number | undefined {
  let first = 0;
  for (const [steps, ms] of STEPS) if (number < (first += steps)) return ms;
  return undefined;
}

/** Ports whose timers run code of the policy. */
function observedPorts({ clock, random, store }: Ports, watch: Watch): Ports {
  return {
    random,
    store,
    clock: {
      now: () => clock.now(),
      wall: () => clock.wall(),
      setTimer: (ms, fn) => clock.setTimer(ms, () => watch.run(fn)),
    },
  };
}

function neverEnded({ isEntered, passes, end, isSettled }: PolicyCall): string {
  if (!isEntered) return 'A call never reached the policy.';
  if (passes === 0 && !end) return 'The policy neither passed a call on nor ended it, within 24 h of virtual time.';
  if (!end) return 'The policy never settled after `next` had settled, within 24 h of virtual time.';
  return `The policy ended a call, but the call ${isSettled ? 'had ended' : 'did not end'} for its caller.`;
}
