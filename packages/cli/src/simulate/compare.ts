import { formatCount, formatTime } from './duration.js';
import type { GroupResult, RunResult } from './types.js';

/** Differences below this part of the larger value are not reported. */
const SMALL_PART = 0.02;
/** Differences of times below this are not reported, ms. */
const SMALL_MS = 50;

const differs = (a: number, b: number): boolean =>
  Math.abs(a - b) > Math.max(SMALL_MS, SMALL_PART * Math.max(Math.abs(a), Math.abs(b)));

/** Whether a difference of counts is worth a sentence. A line makes some requests more or less to learn how limits count. */
const isNotable = (difference: number, of: number): boolean => Math.abs(difference) >= Math.max(5, of / 100);

/** The differences of a run to the base, in sentences. The first has `title` as its subject. */
export function compareRuns(title: string, base: RunResult, run: RunResult): string[] {
  const sentences = [compareEnds(title, base, run)];
  for (const before of base.groups) {
    const after = sameGroup(before, base, run);
    if (after && before.calls > 0 && after.calls > 0)
      sentences.push(...compareWaits(before, after, base.groups.length));
  }
  sentences.push(...compareAgents(base, run));
  const requests = run.total.requests - base.total.requests;
  const isSameLoad = run.total.calls === base.total.calls;
  if (requests < 0 && isSameLoad && isNotable(requests, base.total.requests))
    sentences.push(`It saves ${formatCount(-requests)} of ${formatCount(base.total.requests)} requests.`);
  if (requests > 0 && isSameLoad && isNotable(requests, base.total.requests))
    sentences.push(
      `It sends ${formatCount(requests)} more requests (${formatCount(run.total.requests)} instead of ${formatCount(base.total.requests)}).`,
    );
  sentences.push(...compareCounts(base, run));
  return sentences;
}

function compareEnds(title: string, base: RunResult, run: RunResult): string {
  const before = base.total.lastEndedMs;
  const after = run.total.lastEndedMs;
  if (base.total.unfinished > 0 || run.total.unfinished > 0) {
    if (base.total.unfinished === run.total.unfinished)
      return `${title} leaves as many calls unfinished when the run stops: ${formatCount(run.total.unfinished)}.`;
    const open = `${formatCount(run.total.unfinished)} instead of ${formatCount(base.total.unfinished)} calls`;
    return `${title} leaves ${open} unfinished when the run stops.`;
  }
  if (run.total.calls === 0) return `${title} has no calls.`;
  if (!differs(before, after)) return `${title} does not change when the load ends (${formatTime(after)}).`;
  const by = formatTime(Math.abs(before - after));
  const how = after < before ? 'earlier' : 'later';
  return `${title} ends the load ${by} ${how} (${formatTime(after)} instead of ${formatTime(before)}).`;
}

/** The result of the same group, which may have another priority. */
function sameGroup(before: GroupResult, base: RunResult, run: RunResult): GroupResult | undefined {
  const same = run.groups.filter(({ group }) => group === before.group);
  const isOnly = base.groups.filter(({ group }) => group === before.group).length === 1 && same.length === 1;
  return isOnly ? same[0] : same.find(({ priority }) => priority === before.priority);
}

function compareWaits(before: GroupResult, after: GroupResult, groups: number): string[] {
  const of = groups > 1 ? ` of ${before.group}` : '';
  const parts: string[] = [];
  for (const [name, key] of [
    ['median wait', 'p50'],
    ['95th percentile', 'p95'],
  ] as const) {
    const from = before.waits[key];
    const to = after.waits[key];
    if (differs(from, to))
      parts.push(`the ${name} ${to < from ? 'falls' : 'rises'} from ${formatTime(from)} to ${formatTime(to)}`);
  }
  if (parts.length === 0) return [];
  const [first = '', ...rest] = parts;
  const sentence = [first.replace(/^the ([\w ]+?) (falls|rises)/, `the $1${of} $2`), ...rest].join(', ');
  return [`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`];
}

function compareAgents(base: RunResult, run: RunResult): string[] {
  return base.agents.flatMap((before) => {
    const after = run.agents.find(({ group }) => group === before.group);
    if (!after || before.agents !== after.agents || !differs(before.p50, after.p50)) return [];
    // If the calls of an agent wait equally long, the waits say the same.
    const waits = [base, run].map(({ groups }) => groups.find(({ group }) => group === before.group)?.waits.p50 ?? 0);
    if (!differs(before.p50, waits[0] ?? 0) && !differs(after.p50, waits[1] ?? 0)) return [];
    const who = base.agents.length > 1 ? `In ${before.group}, half` : 'Half';
    const times = `${formatTime(after.p50)} instead of ${formatTime(before.p50)}`;
    return `${who} of the agents have all answers after ${times}.`;
  });
}

function compareCounts(base: RunResult, run: RunResult): string[] {
  const sentences: string[] = [];
  const compare = (from: number, to: number, what: string): void => {
    sentences.push(`${formatCount(to)} instead of ${formatCount(from)} ${what}.`);
  };
  const { refused, throttled, calls } = run.total;
  const [lostBefore, lost] = [base, run].map(({ total }) => total.failed - total.refused) as [number, number];
  // In a small load, each call that is lost or saved is worth a sentence.
  const matters = (difference: number): boolean => Math.abs(difference) >= Math.max(1, calls / 100);
  if (matters(refused - base.total.refused)) compare(base.total.refused, refused, 'calls are refused by the line');
  if (matters(lost - lostBefore)) compare(lostBefore, lost, 'calls fail after the line sent them');
  if (isNotable(throttled - base.total.throttled, calls))
    compare(base.total.throttled, throttled, 'requests are answered 429');
  return sentences;
}
