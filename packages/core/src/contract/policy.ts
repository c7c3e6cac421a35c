import type { Call } from '../call/call.js';
import type { Outcome } from './outcome.js';
import type { Ports } from './store.js';

/**
 * Where a policy stands, outermost first. Up to `retry` once per call, from `authorize` on once per attempt. Inside a phase our
 * own policy comes first, so one of yours in phase `retry` stands inside of the loop, unless it says `before: 'retry'`.
 */
export const PHASES = [
  'observe',
  'answer',
  'deadline',
  'identify',
  'retry',
  'authorize',
  'break',
  'govern',
  'sign',
  'send',
] as const;
export type Phase = (typeof PHASES)[number];

/** A policy at work: looks at a call on its way in and at the outcome on its way out. */
export type Interceptor = (call: Call, next: Next) => Promise<Outcome>;

/** A policy as a value: configuration only. State begins in `create`. */
export interface Policy {
  readonly name: string;
  readonly phase: Phase;
  /** Name of a policy of the same phase that this one stands outside of. */
  readonly before?: string;
  /** Name of a policy of the same phase that this one stands inside of. */
  readonly after?: string;
  /** Shown by `explain`. Keep secrets out of it. */
  readonly options?: unknown;
  create(ports: Ports): Interceptor;
}

/** What {@link definePolicy} takes. */
export interface PolicyDefinition<O> {
  name: string;
  phase: Phase;
  before?: string;
  after?: string;
  /** Called once per line with the options; what it returns is called once per call or attempt. */
  create(options: O, ports: Ports): Interceptor;
}

/** The rest of the way: what a policy calls to go on. Rejects only with what Holdline itself raises. */
export type Next = (call: Call) => Promise<Outcome>;
