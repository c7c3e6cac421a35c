import type { Priority, Random } from '@holdline/core';
import type { Change } from './change.js';
import type { ServiceTime } from './scenario.js';

/** A call that the load makes. */
export interface PlannedCall {
  /** Index of its group. */
  group: number;
  method: string;
  path: string;
  route: string;
  /** The thing that the call asks for. Calls with the same resource may share an answer. */
  resource: string;
  priority: Priority | undefined;
  tenant: string | undefined;
  /** Whether the call waits, as opposed to being on the wire. */
  isWaiting: boolean;
  /** Runs when the call has ended. */
  onEnd: (() => void) | undefined;
}

/** A load: its groups, its calls, and the function that plans them. */
export interface Load {
  groups: { name: string; calls: number; priority: Priority | undefined }[];
  calls: number;
  /** Enters the calls into the schedule. */
  plan(schedule: Schedule, target: LoadTarget, random: Random): void;
}

/** What a load acts on. */
export interface LoadTarget {
  /** Begins a call. */
  begin(call: PlannedCall): void;
  /** Reports that all calls of an agent have ended, `ms` after its arrival. */
  finished(group: number, ms: number): void;
}

/** Runs functions in simulated time. */
export interface Schedule {
  /** Ms after the start of the load. */
  now(): number;
  /** Runs `run` at `ms` after the start of the load. */
  at(ms: number, run: () => void): void;
  /** Runs `run` in `ms`. */
  after(ms: number, run: () => void): void;
}

/** Where the calls come from. */
export interface LoadSource {
  load: Load;
  /** The load in a few words. */
  description: string;
  /** The load without a group, or with another priority of a group. */
  change(changes: readonly Change[]): Load;
  /** Service times of a recording. */
  service: ServiceTime | undefined;
  /** Routes whose calls ask repeatedly for the same thing, with the number of calls that a cache could answer, largest first. */
  repeats: { route: string; calls: number }[];
}
