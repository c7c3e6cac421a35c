import type { Call } from './call.js';
import type { Outcome } from './outcome.js';
import type { Ports } from './store.js';

/**
 * The phases of a call, outermost first. Phases up to `retry` run once per call, phases from `authorize` on once per attempt. In
 * each phase the built-in policy comes first: a custom policy of phase `retry` is inside the retry loop, unless it has
 * `before: 'retry'`.
 * @public
 */
export const PHASES = [
  'observe',
  'deadline',
  'answer',
  'identify',
  'retry',
  'authorize',
  'break',
  'govern',
  'sign',
  'send',
] as const;
/**
 * Place of a policy in the order of policies.
 * @public
 */
export type Phase = (typeof PHASES)[number];

/**
 * The function of a policy. It sees a call before the inner policies, and its outcome after them.
 * @public
 */
export type Interceptor = (call: Call, next: Next) => Promise<Outcome>;

/**
 * A policy as a value. It holds configuration only; `create` makes its state.
 * @public
 */
export interface Policy {
  readonly name: string;
  readonly phase: Phase;
  /** Name of a policy of the same phase. This policy is outside that policy. */
  readonly before?: string;
  /** Name of a policy of the same phase. This policy is inside that policy. */
  readonly after?: string;
  /** Options that `explain` shows. They must not contain secrets. */
  readonly options?: unknown;
  create(ports: Ports): Interceptor;
}

/**
 * The argument of {@link definePolicy}.
 * @public
 */
export interface PolicyDefinition<O> {
  name: string;
  phase: Phase;
  before?: string;
  after?: string;
  /** Makes the interceptor, once per line. The interceptor runs once per call or once per attempt, by its phase. */
  create(options: O, ports: Ports): Interceptor;
}

/**
 * Runs the inner policies and the native transport. Rejects only with errors that Holdline or a policy throws.
 * @public
 */
export type Next = (call: Call) => Promise<Outcome>;
