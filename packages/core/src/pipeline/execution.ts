import type { ActiveCall } from '../call/call.js';
import type { Outcome } from '../contract/outcome.js';
import type { Interceptor, Next } from '../contract/policy.js';

/**
 * One of our own policies at work on a route. Many calls wait and most do not, so it costs neither a promise nor a closure where
 * nothing has to wait: what it needs to know of a call on its way out is in the passage.
 *
 * `undefined` says: go on in the same direction. Whoever has to wait returns what will become of the call, and goes on with the
 * passage's methods when it is time.
 */
export interface Step {
  /** On the way in. Who throws here is not told of the way out. */
  enter?(passage: Execution): Promise<unknown> | undefined;
  /** On the way out, with what was answered. */
  leave?(passage: Execution, outcome: Outcome): Promise<unknown> | undefined;
  /** On the way out, after something further in was thrown: by us, or by a policy that is not ours. */
  failed?(passage: Execution, error: unknown): void;
}

/** What happens at the end of a way, for its call as a whole. */
export interface Destination {
  /** What the caller gets, returned or thrown. */
  complete(call: ActiveCall, outcome: Outcome): unknown;
  fail(call: ActiveCall, error: unknown): void;
}

/** A compiled route, or the part of it inside of a policy that is not ours. */
export interface Pipeline {
  /** Outermost first. */
  readonly steps: readonly Step[];
  /** What is inside of each of them, for those that send more than once or give up waiting: each use is a passage of its own. */
  readonly nexts: readonly Next[];
  /** What is inside of them all: the native transport, or a policy that is not ours with what is further in. */
  readonly inner: Next;
  /** What a rejection of `inner` means. Left out: it fails the call. */
  readonly caught?: ((error: unknown) => Outcome) | undefined;
  /** Left out: the outcome is handed to whoever is outside. */
  readonly destination?: Destination | undefined;
}

/**
 * One call on a way: in through all steps, and out again through those that it has entered. What one of them throws goes out
 * the same way, or they would never give back their permits and probes.
 */
export class Execution {
  /** Of the governor's step, while it is in use. */
  permit: object | undefined = undefined;
  /** Of the breaker's step. */
  ticket: object | undefined = undefined;

  constructor(
    readonly call: ActiveCall,
    readonly pipeline: Pipeline,
    /** Place of the step that has it now. */
    public position = -1,
  ) {}

  /** Further in, from the step that has it now. Settles with what becomes of the call. */
  proceed(): Promise<unknown> {
    const { call, pipeline: way } = this;
    const { steps } = way;
    try {
      while (++this.position < steps.length) {
        const end = (steps[this.position] as Step).enter?.(this);
        if (end) return end;
      }
    } catch (error) {
      return Promise.reject(this.fail(error));
    }
    return startInner(way.inner, call).then(
      (outcome) => this.complete(outcome),
      (error: unknown) => {
        if (way.caught) return this.complete(way.caught(error));
        throw this.fail(error);
      },
    );
  }

  /** Further out, with an outcome. Returns what the caller gets, or what will become of the call; throws what he is thrown. */
  complete(outcome: Outcome): unknown {
    const { call } = this;
    const { steps, destination } = this.pipeline;
    try {
      while (--this.position >= 0) {
        const end = (steps[this.position] as Step).leave?.(this, outcome);
        if (end) return end;
      }
    } catch (error) {
      throw this.fail(error);
    }
    return destination ? destination.complete(call, outcome) : outcome;
  }

  /** Further out, with an error. Returns it, to be thrown. */
  fail(error: unknown): Error {
    const { call } = this;
    const { steps, destination } = this.pipeline;
    while (--this.position >= 0) (steps[this.position] as Step).failed?.(this, error);
    destination?.fail(call, error);
    return error as Error;
  }

  /** Further in when `wait` is over. */
  proceedAfter(wait: Promise<unknown>): Promise<unknown> {
    return wait.then(
      () => this.proceed(),
      (error: unknown) => {
        throw this.fail(error);
      },
    );
  }

  /** Further out with what a step comes to that needs time, or more than one attempt. */
  completeWith(outcome: Promise<Outcome>): Promise<unknown> {
    return outcome.then(
      (ended) => this.complete(ended),
      (error: unknown) => {
        throw this.fail(error);
      },
    );
  }

  /** What is inside of the step that has it now: each use is a passage of its own. */
  get next(): Next {
    return this.pipeline.nexts[this.position] as Next;
  }
}

/** What is thrown at once becomes a rejection too. */
function startInner(inner: Next, call: ActiveCall): Promise<Outcome> {
  try {
    return Promise.resolve(inner(call));
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

/**
 * One way of many policies, the first outermost. Those that are not ours are functions; each divides the way in two, for it has
 * to get a promise of what is further in.
 */
export function compilePipeline(
  policies: readonly (Step | Interceptor)[],
  innermost: Pipeline,
  destination: Destination,
): Pipeline {
  const outermost = policies.reduceRight<Pipeline>((way, policy) => {
    // A policy that is not ours hands on the call that it was given.
    const next: Next = (call) => new Execution(call as ActiveCall, way).proceed() as Promise<Outcome>;
    if (typeof policy === 'function') return { steps: [], nexts: [], inner: (call) => policy(call, next) };
    return { ...way, steps: [policy, ...way.steps], nexts: [next, ...way.nexts] };
  }, innermost);
  return { ...outermost, destination };
}
