/**
 * One answer of {@link Simulator.script}; `'pass'` lets one request through unchanged.
 * @public
 */
export type ScriptedAnswer = ScriptedResponse | 'pass';

/**
 * The answer to one request of a scripted route.
 * @public
 */
export interface ScriptedResponse {
  /** Status of the answer, 200 to 599. Ignored with `drop`. */
  status: number;
  /** Headers in addition to the common ones. A scripted 429 has a Retry-After only if it is given here. */
  headers?: Record<string, string>;
  /**
   * Body of the answer. A string is sent unchanged, other values as JSON.
   *
   * @defaultValue the body of the executed request, else the platform's error body, else `{}`
   */
  body?: unknown;
  /**
   * Delay of the answer, ms.
   *
   * @defaultValue 0
   */
  delayMs?: number;
  /** Destroys the socket instead of answering, before or after the request is executed. */
  drop?: 'before' | 'after';
  /**
   * Revokes the access token of the request.
   *
   * @defaultValue false
   */
  revoke?: boolean;
  /**
   * Executes the request, whatever the `status`.
   *
   * @defaultValue true with `drop: 'after'`, else false
   */
  execute?: boolean;
}
