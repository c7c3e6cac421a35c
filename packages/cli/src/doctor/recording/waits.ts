import { describeScope } from '@holdline/monitor';
import { count, counted, duration, percent } from '../../terminal/words.js';
import { type Finding, finding } from '../finding.js';
import { groupBy } from '../group-by.js';
import { largestOf, quantile, sum } from './quantile.js';
import type { RecordedRun } from './recorded-run.js';

/** Calls that the line refused above this share are an error: the program loses work. */
const MANY_REFUSED = 0.01;
/** Waits above this are long for a person. */
const LONG_WAIT_MS = 5_000;
/** Scopes and routes that are listed. */
const MAX_LISTED = 10;

/** Calls that the line refused or gave up without an answer, by their error. */
export function checkRefusedCalls(run: RecordedRun): Finding[] {
  const refused = run.calls.filter(({ error, attempts }) => error !== undefined && attempts.length === 0);
  return [...groupBy(refused, ({ error }) => error ?? '')].map(([error, calls]) => {
    const share = calls.length / run.calls.length;
    return finding({
      severity: share >= MANY_REFUSED ? 'error' : 'warning',
      check: 'refused-calls',
      what: `${counted(calls.length, 'call')} failed with ${error} before anything was sent, ${percent(share)} of all.`,
      where: largest(groupBy(calls, ({ route }) => route)),
      why: 'The caller got an error instead of an answer.',
      fix: 'docs/guides/errors.md says what each code means. For full quotas: spread the load, lower priorities, or ask for a higher limit.',
      source: 'docs/guides/errors.md of Holdline',
    });
  });
}

/** Requests that the platform refused with 429. */
export function checkThrottled(run: RecordedRun): Finding[] {
  const throttled = run.calls.flatMap((call) =>
    call.attempts.filter(({ status, outcome }) => status === 429 || outcome === 'refused').map(() => call),
  );
  if (throttled.length === 0) return [];
  const share = run.requests === 0 ? 0 : throttled.length / run.requests;
  return [
    finding({
      severity: share >= 0.05 ? 'warning' : 'info',
      check: 'throttled',
      what: `The platform refused ${counted(throttled.length, 'request')}, ${percent(share)} of all.`,
      where: largest(groupBy(throttled, ({ route }) => route)),
      why: 'A refused request cost time and, on some platforms, quota. A few refusals are how a line learns a limit.',
      fix: 'Configure the limits of these routes as quotas, so that the line does not have to learn them. Check whether another client uses the same credential.',
      saving: { requests: throttled.length, share },
    }),
  ];
}

/** What calls waited for, by scope. */
export function checkWaits(run: RecordedRun): Finding[] {
  const waits = run.calls.flatMap((call) => call.waits.map(({ scope, ms }) => ({ scope, ms, route: call.route })));
  if (waits.length === 0) return [];
  const scopes = [...groupBy(waits, ({ scope }) => scope)]
    .map(([scope, found]) => ({ scope, times: found.map(({ ms }) => ms) }))
    .sort((a, b) => sum(b.times) - sum(a.times));
  const p95 =
    quantile(
      waits.map(({ ms }) => ms),
      0.95,
    ) ?? 0;
  return [
    finding({
      severity: p95 >= LONG_WAIT_MS ? 'warning' : 'info',
      check: 'waits',
      what: `${counted(waits.length, 'attempt')} waited for a permit, ${duration(p95)} at most in 95 % of the cases.`,
      where: scopes
        .slice(0, MAX_LISTED)
        .map(
          ({ scope, times }) =>
            `${describeScope(scope)}: ${count(times.length)} waits, ${duration(sum(times))} in all, longest ${duration(largestOf(times))}`,
        ),
      why: 'A wait is what the line does instead of a refusal. Long waits of people mean that the quota is too small for the load, or badly divided.',
      fix: 'Give background work the priority background, save requests as the other findings say, and compare variants with holdline simulate.',
    }),
  ];
}

function largest(groups: Map<string, readonly unknown[]>): string[] {
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, MAX_LISTED)
    .map(([name, members]) => `${name}: ${count(members.length)}`);
}
