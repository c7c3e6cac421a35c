import type { ActiveCall } from '../call/call.js';
import type { Outcome } from '../contract/outcome.js';
import type { Interceptor, Next } from '../contract/policy.js';

/**
 * A built-in policy on a route. Most calls do not wait, so a step needs no promise and no closure unless it waits. The execution keeps
 * the state of a step between `enter` and `leave`.
 *
 * A step that returns `undefined` lets the execution continue. A step that waits returns a promise of the result of the call, and
 * continues with the methods of the execution.
 */
export interface Step {
  /** Called before the inner steps. If it throws, neither `leave` nor `failed` of this step is called. */
  enter?(execution: Execution): Promise<unknown> | undefined;
  /** Called after the inner steps, with their outcome. */
  leave?(execution: Execution, outcome: Outcome): Promise<unknown> | undefined;
  /** Called after the inner steps, if one of them threw. */
  failed?(execution: Execution, error: unknown): void;
}

/** The end of a pipeline for its call as a whole. */
export interface Destination {
  /** Returns or throws the result for the caller. */
  complete(call: ActiveCall, outcome: Outcome): unknown;
  fail(call: ActiveCall, error: unknown): void;
}

/** A compiled route, or its part inside of a custom policy. */
export interface Pipeline {
  /** The steps, outermost first. */
  readonly steps: readonly Step[];
  /** For each step, a function that runs the inner steps in a new execution. Steps that send several times use it. */
  readonly nexts: readonly Next[];
  /** Runs inside of all steps: the native transport, or a custom policy with the rest of the route. */
  readonly inner: Next;
  /** Makes an outcome of a rejection of `inner`. Without it, a rejection fails the call. */
  readonly caught?: ((error: unknown) => Outcome) | undefined;
  /** Makes the result for the caller. Without it, the result is the outcome. */
  readonly destination?: Destination | undefined;
}

/**
 * The execution of one call along a pipeline. It enters all steps, and leaves the entered steps in reverse order. An error also passes
 * all entered steps, so that each step releases its permit or its probe.
 */
export class Execution {
  /** Permit of the governor's step. */
  permit: object | undefined = undefined;
  /** Ticket of the breaker's step. */
  ticket: object | undefined = undefined;

  constructor(
    readonly call: ActiveCall,
    readonly pipeline: Pipeline,
    /** Index of the current step. */
    public position = -1,
  ) {}

  /** Runs the inner steps and the transport, from the current step. Settles with the result of the call. */
  proceed(): Promise<unknown> {
    const { call, pipeline } = this;
    const { steps } = pipeline;
    try {
      while (++this.position < steps.length) {
        const end = (steps[this.position] as Step).enter?.(this);
        if (end) return end;
      }
    } catch (error) {
      return Promise.reject(this.fail(error));
    }
    return startInner(pipeline.inner, call).then(
      (outcome) => this.complete(outcome),
      (error: unknown) => {
        if (pipeline.caught) return this.complete(pipeline.caught(error));
        throw this.fail(error);
      },
    );
  }

  /** Leaves the outer steps with an outcome. Returns the result of the call or a promise of it, or throws the error for the caller. */
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

  /** Leaves the outer steps with an error. Returns the error, which the caller of this method throws. */
  fail(error: unknown): Error {
    const { call } = this;
    const { steps, destination } = this.pipeline;
    while (--this.position >= 0) (steps[this.position] as Step).failed?.(this, error);
    destination?.fail(call, error);
    return error as Error;
  }

  /** Runs the inner steps after `wait`. A rejection of `wait` fails the call. */
  proceedAfter(wait: Promise<unknown>): Promise<unknown> {
    return wait.then(
      () => this.proceed(),
      (error: unknown) => {
        throw this.fail(error);
      },
    );
  }

  /** Leaves the outer steps with the outcome that a step computes asynchronously. */
  completeWith(outcome: Promise<Outcome>): Promise<unknown> {
    return outcome.then(
      (ended) => this.complete(ended),
      (error: unknown) => {
        throw this.fail(error);
      },
    );
  }

  /** Runs the inner steps of the current step, in a new execution for each use. */
  get next(): Next {
    return this.pipeline.nexts[this.position] as Next;
  }
}

/** Starts the inner part. A synchronous throw becomes a rejection. */
function startInner(inner: Next, call: ActiveCall): Promise<Outcome> {
  try {
    return Promise.resolve(inner(call));
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

/**
 * Compiles policies to a pipeline, the first outermost. Custom policies are functions. Each divides the pipeline in two parts, because
 * it needs a promise of the inner part.
 */
export function compilePipeline(
  policies: readonly (Step | Interceptor)[],
  innermost: Pipeline,
  destination: Destination,
): Pipeline {
  const outermost = policies.reduceRight<Pipeline>((inner, policy) => {
    // A custom policy passes on the call that it got.
    const next: Next = (call) => new Execution(call as ActiveCall, inner).proceed() as Promise<Outcome>;
    if (typeof policy === 'function') return { steps: [], nexts: [], inner: (call) => policy(call, next) };
    return { ...inner, steps: [policy, ...inner.steps], nexts: [next, ...inner.nexts] };
  }, innermost);
  return { ...outermost, destination };
}
