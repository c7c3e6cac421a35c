/**
 * Options of asynchronous analytics jobs. Genesys Cloud only.
 * @public
 */
export interface JobOptions {
  /**
   * Time from the submission until a job runs, ms: QUEUED.
   *
   * @defaultValue 0
   */
  queuedMs?: number;
  /**
   * Time that a job runs, ms: PENDING. Then it is FULFILLED.
   *
   * @defaultValue 1_000
   */
  runMs?: number;
  /**
   * Number of next jobs that end as FAILED.
   *
   * @defaultValue 0
   */
  fail?: number;
  /**
   * Time from the submission until the results are lost, ms: EXPIRED.
   *
   * @defaultValue 86_400_000 (ours; the platform documents none)
   */
  expiresInMs?: number;
}

export const JOB_DEFAULTS: Required<JobOptions> = { queuedMs: 0, runMs: 1000, fail: 0, expiresInMs: 86_400_000 };
