import type { Pattern } from '../paths/path-pattern.js';

/**
 * Something that goes wrong. Faults strike requests that passed authentication and limits, so a struck request has
 * spent its permits. The first fault that fires decides; `delay` adds to whatever else happens.
 */
export interface Fault {
  /**
   * Which requests it may strike.
   *
   * @defaultValue every API request; the token endpoint only when named: `POST /oauth/token`
   */
  match?: string;
  /**
   * - `drop-before`: the socket is destroyed, nothing was executed
   * - `drop-after`: executed, then the socket is destroyed without an answer
   * - `delay`: executed, the answer comes `delayMs` later
   * - `status`: answered with `status` instead of being executed
   * - `truncate`: executed; full content-length, half of the body, then the socket is destroyed
   * - `malformed-headers`: executed (answered with `status` and not executed if `status` is set), written raw with
   *   header values that make no sense but that Node's parser lets through
   */
  kind: 'drop-before' | 'drop-after' | 'delay' | 'status' | 'truncate' | 'malformed-headers';
  /** Chance for each matching request, 0 to 1, from `seed`. Not together with `every`. */
  rate?: number;
  /** Strikes each nth matching request. Not together with `rate`. Without both, each matching request. */
  every?: number;
  /**
   * Strikes so many times, then never again.
   *
   * @defaultValue no end
   */
  times?: number;
  /**
   * The first so many matching requests are spared.
   *
   * @defaultValue 0
   */
  after?: number;
  /** Waits so long before it answers or drops, ms. Required with `delay`. */
  delayMs?: number;
  /** Status to answer with, 200 to 599. Required with `status`, possible with `malformed-headers`. */
  status?: number;
  /** Headers to send: with `status` besides the usual ones, with `malformed-headers` instead of the built-in garbage. */
  headers?: Record<string, string>;
  /**
   * Body to answer with, with `status`. A string is sent as it is, anything else as JSON.
   *
   * @defaultValue the platform's error body
   */
  body?: unknown;
}

/** A fault with its pattern parsed. */
export interface FaultSettings extends Omit<Fault, 'match'> {
  readonly pattern: Pattern | undefined;
  readonly after: number;
  readonly delayMs: number;
}
