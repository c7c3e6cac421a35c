/** How urgent a finding is. `error`: it breaks something today; `warning`: it will; `info`: good to know. */
export type Severity = 'error' | 'warning' | 'info';

export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** Requests that a change would save. */
export interface Saving {
  readonly requests: number;
  /** Part of all requests of the recording, 0 to 1. */
  readonly share: number;
}

/** One finding of `doctor`. */
export interface Finding {
  readonly severity: Severity;
  /** Name of the check, such as `second-retry-layer`. */
  readonly check: string;
  /** One sentence: what was found. */
  readonly what: string;
  /** Packages, files or routes. */
  readonly where: readonly string[];
  /** Why it matters. */
  readonly why: string;
  /** What to do. */
  readonly fix: string;
  /** Where the fact comes from; undefined if it follows from the project itself. */
  readonly source: string | undefined;
  /** Undefined if no recording shows it. */
  readonly saving: Saving | undefined;
}

/** A finding without the parts that most findings do not have. */
export function finding(given: Omit<Finding, 'source' | 'saving'> & Partial<Finding>): Finding {
  const { severity, check, what, where, why, fix, source, saving } = given;
  return { severity, check, what, where, why, fix, source, saving };
}

/** What `doctor` found. */
export interface DoctorReport {
  readonly directory: string;
  /** SDKs, HTTP clients and packages of Holdline with their versions. */
  readonly versions: readonly string[];
  readonly findings: readonly Finding[];
  readonly recording: { calls: number; requests: number; skipped: number } | undefined;
  /** What could not be checked. */
  readonly notes: readonly string[];
}
