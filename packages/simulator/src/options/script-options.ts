/** One answer given by {@link Simulator.script}, or `'pass'` to let one request through untouched. */
export type ScriptedAnswer = ScriptedResponse | 'pass';

export interface ScriptedResponse {
  /** 200 to 599; without meaning together with `drop`. */
  status: number;
  /** Sent besides the usual ones. A scripted 429 has a Retry-After only if it is given here. */
  headers?: Record<string, string>;
  /**
   * A string is sent as it is, anything else as JSON.
   *
   * @defaultValue what was executed answered, else the platform's error body, else `{}`
   */
  body?: unknown;
  /**
   * Answers so much later, ms.
   *
   * @defaultValue 0
   */
  delayMs?: number;
  /** Destroys the socket instead of answering, before or after executing. */
  drop?: 'before' | 'after';
  /**
   * The access token that this request carries dies.
   *
   * @defaultValue false
   */
  revoke?: boolean;
  /**
   * The request takes effect, whatever `status` says.
   *
   * @defaultValue true with `drop: 'after'`, else false
   */
  execute?: boolean;
}
