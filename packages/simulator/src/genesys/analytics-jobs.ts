import { BoundedMap } from '../bounded-map.js';
import type { JobOptions } from '../options/job-options.js';

/** Maximum number of stored jobs. The oldest is deleted first. */
const MAX_JOBS = 10_000;

/** The states that the SDK documents. */
type JobState = 'QUEUED' | 'PENDING' | 'FAILED' | 'CANCELLED' | 'FULFILLED' | 'EXPIRED';

/** One job. Its state follows from the time, so that no timer is needed. */
interface Job {
  readonly kind: string;
  readonly submittedAt: number;
  readonly runsAt: number;
  readonly endsAt: number;
  readonly expiresAt: number;
  readonly submittedWallMs: number;
  readonly fails: boolean;
  isCancelled: boolean;
}

/** All analytics jobs. */
export class AnalyticsJobs {
  readonly #settings: () => Required<JobOptions>;
  readonly #newId: () => string;
  readonly #jobs = new BoundedMap<string, Job>(MAX_JOBS);
  /** The settings that the number of failures belongs to. New settings start it again. */
  #failing: { readonly settings: Required<JobOptions>; left: number } | undefined;

  constructor(settings: () => Required<JobOptions>, newId: () => string) {
    this.#settings = settings;
    this.#newId = newId;
  }

  /** Submits a job and returns its id. */
  submit(kind: string, now: number, wallMs: number): string {
    const settings = this.#settings();
    const runsAt = now + settings.queuedMs;
    const id = this.#newId();
    this.#jobs.set(id, {
      kind,
      submittedAt: now,
      runsAt,
      endsAt: runsAt + settings.runMs,
      expiresAt: now + settings.expiresInMs,
      submittedWallMs: wallMs,
      fails: this.#takeFailure(settings),
      isCancelled: false,
    });
    return id;
  }

  find(kind: string, id: string): Job | undefined {
    const job = this.#jobs.get(id);
    return job?.kind === kind ? job : undefined;
  }

  getState({ isCancelled, runsAt, endsAt, expiresAt, fails }: Job, now: number): JobState {
    if (isCancelled) return 'CANCELLED';
    if (now >= expiresAt) return 'EXPIRED';
    if (now < runsAt) return 'QUEUED';
    if (now < endsAt) return 'PENDING';
    return fails ? 'FAILED' : 'FULFILLED';
  }

  /** Describes a job as the platform does. */
  describe(job: Job, now: number): Record<string, unknown> {
    const state = this.getState(job, now);
    const format = (at: number): string => new Date(job.submittedWallMs + at - job.submittedAt).toISOString();
    const hasEnded = state === 'FULFILLED' || state === 'FAILED';
    return {
      state,
      submissionDate: format(job.submittedAt),
      expirationDate: format(job.expiresAt),
      ...(hasEnded && { completionDate: format(job.endsAt) }),
      ...(state === 'FAILED' && { errorMessage: 'The simulated job failed.' }),
    };
  }

  /** Cancels a job that has not ended, and deletes one that has. */
  cancel(id: string, job: Job, now: number): void {
    if (now < job.endsAt) job.isCancelled = true;
    else this.#jobs.delete(id);
  }

  #takeFailure(settings: Required<JobOptions>): boolean {
    if (this.#failing?.settings !== settings) this.#failing = { settings, left: settings.fail };
    if (this.#failing.left === 0) return false;
    this.#failing.left -= 1;
    return true;
  }
}
