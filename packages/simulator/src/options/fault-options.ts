import type { Pattern } from '../paths/path-pattern.js';

/**
 * A simulated fault. Faults apply to requests that passed authentication and limits, so such a request has used its
 * permits. The first fault that fires decides the outcome; `delay` adds to any outcome.
 * @public
 */
export interface Fault {
  /**
   * Requests that the fault may apply to.
   *
   * @defaultValue every API request; token endpoints only when named: `POST /oauth/token`
   */
  match?: string;
  /**
   * Kind of fault.
   * - `drop-before`: the socket is destroyed and the request is not executed
   * - `drop-after`: the request is executed, then the socket is destroyed without an answer
   * - `delay`: the request is executed, the answer comes `delayMs` later
   * - `status`: the answer has this `status` and the request is not executed
   * - `truncate`: the request is executed; the answer has the full content-length and half of the body, then the socket
   *   is destroyed
   * - `malformed-headers`: the request is executed (with `status`: not executed and answered with it); the answer has
   *   nonsense header values that Node's parser accepts
   */
  kind: 'drop-before' | 'drop-after' | 'delay' | 'status' | 'truncate' | 'malformed-headers';
  /** Probability for each matching request, 0 to 1, drawn from `seed`. Not together with `every`. */
  rate?: number;
  /**
   * Fires on each nth matching request. Not together with `rate`. Without both, the fault fires on each matching
   * request.
   */
  every?: number;
  /**
   * Maximum number of times that the fault fires.
   *
   * @defaultValue no limit
   */
  times?: number;
  /**
   * Number of matching requests that pass before the fault may fire.
   *
   * @defaultValue 0
   */
  after?: number;
  /** Delay before the answer or the drop, ms. Required with `delay`. */
  delayMs?: number;
  /** Status of the answer, 200 to 599. Required with `status`, optional with `malformed-headers`. */
  status?: number;
  /**
   * Headers to send. With `status` they add to the common headers; with `malformed-headers` they replace the built-in
   * nonsense values.
   */
  headers?: Record<string, string>;
  /**
   * Body of the answer with `status`. A string is sent unchanged, other values as JSON.
   *
   * @defaultValue the platform's error body
   */
  body?: unknown;
}

/** A fault with its parsed pattern. */
export interface FaultSettings extends Omit<Fault, 'match'> {
  readonly pattern: Pattern | undefined;
  readonly after: number;
  readonly delayMs: number;
}
