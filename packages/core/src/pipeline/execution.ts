import type { Call } from '../call/call.js';
import type { Outcome } from '../contract/outcome.js';
import type { Interceptor, Next } from '../contract/policy.js';
import type { Ticket } from '../policies/breaker/circuit.js';
import type { Permit } from '../policies/governor/permit.js';

/**
 * One of our own policies at work on a route. Many calls wait and most do not, so it costs neither a promise nor a closure where
 * nothing has to wait: what it needs to know of a call on its way out is in the passage.
 *
 * `undefined` says: go on in the same direction. Whoever has to wait returns what will become of the call, and goes on with the
 * passage's methods when it is time.
 */
export interface Step {
  /** On the way in. Who throws here is not told of the way out. */
  enter?(passage: Passage): Promise<unknown> | undefined;
  /** On the way out, with what was answered. */
  leave?(passage: Passage, outcome: Outcome): Promise<unknown> | undefined;
  /** On the way out, after something further in was thrown: by us, or by a policy that is not ours. */
  failed?(passage: Passage, error: unknown): void;
}

/** What happens at the end of a way, for its call as a whole. */
export interface Destination {
  /** What the caller gets, returned or thrown. */
  ended(call: Call, outcome: Outcome): unknown;
  failed(call: Call, error: unknown): void;
}

/** A compiled route, or the part of it inside of a policy that is not ours. */
export interface Way {
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
export class Passage {
  /** Of the governor's step, while it is in use. */
  permit: Permit | undefined = undefined;
  /** Of the breaker's step. */
  ticket: Ticket | undefined = undefined;

  constructor(
    readonly call: Call,
    readonly way: Way,
    /** Place of the step that has it now. */
    public at = -1,
  ) {}

  /** Further in, from the step that has it now. Settles with what becomes of the call. */
  goOn(): Promise<unknown> {
    const { call, way } = this;
    const { steps } = way;
    try {
      while (++this.at < steps.length) {
        const end = (steps[this.at] as Step).enter?.(this);
        if (end) return end;
      }
    } catch (error) {
      return Promise.reject(this.failed(error));
    }
    return begin(way.inner, call).then(
      (outcome) => this.leave(outcome),
      (error: unknown) => {
        if (way.caught) return this.leave(way.caught(error));
        throw this.failed(error);
      },
    );
  }

  /** Further out, with an outcome. Returns what the caller gets, or what will become of the call; throws what he is thrown. */
  leave(outcome: Outcome): unknown {
    const { call } = this;
    const { steps, destination } = this.way;
    try {
      while (--this.at >= 0) {
        const end = (steps[this.at] as Step).leave?.(this, outcome);
        if (end) return end;
      }
    } catch (error) {
      throw this.failed(error);
    }
    return destination ? destination.ended(call, outcome) : outcome;
  }

  /** Further out, with an error. Returns it, to be thrown. */
  failed(error: unknown): Error {
    const { call } = this;
    const { steps, destination } = this.way;
    while (--this.at >= 0) (steps[this.at] as Step).failed?.(this, error);
    destination?.failed(call, error);
    return error as Error;
  }

  /** Further in when `wait` is over. */
  goOnAfter(wait: Promise<unknown>): Promise<unknown> {
    return wait.then(
      () => this.goOn(),
      (error: unknown) => {
        throw this.failed(error);
      },
    );
  }

  /** Further out with what a step comes to that needs time, or more than one attempt. */
  leaveWith(outcome: Promise<Outcome>): Promise<unknown> {
    return outcome.then(
      (ended) => this.leave(ended),
      (error: unknown) => {
        throw this.failed(error);
      },
    );
  }

  /** What is inside of the step that has it now: each use is a passage of its own. */
  get next(): Next {
    return this.way.nexts[this.at] as Next;
  }
}

/** What is thrown at once becomes a rejection too. */
function begin(inner: Next, call: Call): Promise<Outcome> {
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
export function compile(policies: readonly (Step | Interceptor)[], innermost: Way, destination: Destination): Way {
  const outermost = policies.reduceRight<Way>((way, policy) => {
    const next: Next = (call) => new Passage(call, way).goOn() as Promise<Outcome>;
    if (typeof policy === 'function') return { steps: [], nexts: [], inner: (call) => policy(call, next) };
    return { ...way, steps: [policy, ...way.steps], nexts: [next, ...way.nexts] };
  }, innermost);
  return { ...outermost, destination };
}
