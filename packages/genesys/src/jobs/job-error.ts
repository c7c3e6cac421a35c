import { HoldlineError } from '@holdline/core';

/**
 * A job of the platform has ended without results: it failed, it was cancelled, or it has expired. `response` is the state that the
 * platform reported, with its reason.
 *
 * Was anything sent: yes. The platform has executed the job as far as its state says.
 *
 * What to do: read the reason in `response`, and start another job.
 * @public
 */
export class JobError extends HoldlineError {
  declare readonly name: 'JobError';
  /** Id of the job. */
  readonly id: string;
  /** State of the job, such as `FAILED`, in the spelling of the platform. */
  readonly state: string;

  constructor(message: string, job: { id: string; state: string; response?: unknown }) {
    super('HOLDLINE_JOB', message, { response: job.response });
    this.id = job.id;
    this.state = job.state;
  }
}
