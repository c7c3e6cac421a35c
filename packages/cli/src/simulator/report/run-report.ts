import type { LoadReport, ProfileFact, SimulatorProfile } from '@holdline/simulator';
import { type PacingConfig, pacingConfigOf } from './pacing-config.js';
import type { Savings } from './savings.js';

/** The report of a run, as the file and the page have it. */
export interface RunReport {
  /** Version of the form of this report. */
  readonly version: 1;
  readonly platform: string;
  /** The profile with the sources of its numbers; undefined without one. */
  readonly profile:
    | { readonly name: string; readonly description: string; readonly facts: Readonly<Record<string, ProfileFact>> }
    | undefined;
  /** Wall time of the start, ISO 8601. */
  readonly startedAt: string;
  readonly load: LoadReport;
  /** Configurations of a line that keep the limits which refused something. */
  readonly pacing: readonly PacingConfig[];
  /** Undefined while the run goes on: it needs the whole wire log. */
  readonly savings: Savings | undefined;
}

/** What a report is made of. */
export interface ReportParts {
  readonly platform: string;
  readonly profile: SimulatorProfile | undefined;
  /** Wall ms of the start. */
  readonly startedAt: number;
  readonly load: LoadReport;
  readonly savings: Savings | undefined;
}

export function buildReport({ platform, profile, startedAt, load, savings }: ReportParts): RunReport {
  return {
    version: 1,
    platform,
    profile: profile && { name: profile.name, description: profile.description, facts: profile.facts },
    startedAt: new Date(startedAt).toISOString(),
    load,
    pacing: load.limits.flatMap((limit) => pacingConfigOf(limit) ?? []),
    savings,
  };
}
