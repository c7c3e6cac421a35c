import { check } from '@holdline/core';
import type { CallFilter, CallTrace } from '../types.js';

const nonNegative = check.number({ min: 0 });

/** Checks a filter. Priorities and error codes are not checked, because a recording may have those of another version. */
export const checkFilter = check.shape<CallFilter>({
  route: check.text,
  tenant: (value, key) => (typeof value === 'string' ? value : check.refuse(key, value, 'a string')),
  priority: check.oneOf('high', 'normal', 'low', 'background'),
  outcome: check.oneOf('ok', 'failed', 'active'),
  status: nonNegative,
  error: check.text as (value: unknown, key: string) => NonNullable<CallFilter['error']>,
  scope: check.text,
  minWaitedMs: nonNegative,
  retried: check.flag,
  since: check.number(),
  limit: check.number({ min: 0, integer: true }),
});

/**
 * Whether a trace has all properties that a filter requires.
 *
 * @param closers - Numbers of the calls whose refusals closed the gate of the filter's scope.
 */
export function selects(filter: CallFilter, trace: CallTrace, closers?: ReadonlySet<number>): boolean {
  const { route, tenant, priority, outcome, status, error, scope, minWaitedMs, retried, since } = filter;
  return (
    (route === undefined || trace.route === route) &&
    (tenant === undefined || (trace.tenant ?? '') === tenant) &&
    (priority === undefined || trace.priority === priority) &&
    (outcome === undefined || (trace.outcome ?? 'active') === outcome) &&
    (error === undefined || trace.error === error) &&
    (minWaitedMs === undefined || trace.waitedMs >= minWaitedMs) &&
    (retried === undefined || trace.attempts > 1 === retried) &&
    (since === undefined || trace.startedAt >= since) &&
    (status === undefined || hasStatus(trace, status)) &&
    (scope === undefined || closers?.has(trace.callId) === true || waitedFor(trace, scope))
  );
}

function hasStatus({ status, steps }: CallTrace, wanted: number): boolean {
  return status === wanted || steps.some((step) => step.kind === 'attempt' && step.status === wanted);
}

function waitedFor({ steps }: CallTrace, scope: string): boolean {
  return steps.some(
    (step) =>
      step.kind === 'queued' && (step.waitsFor === scope || step.gates.some(({ scope: gate }) => gate === scope)),
  );
}
