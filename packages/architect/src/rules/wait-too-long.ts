import type { Flow, FlowAction } from '../flow/types.js';
import { hasWait, nameOf } from './action-kinds.js';
import type { FlowAnalysis, FlowRule, RuleContext } from './rule.js';
import { SOURCES } from './sources.js';
import { heaviest, inAllTurns } from './weights.js';
import { counted, span } from './words.js';

const HOUR = 3_600_000;

/** Longest running time of a flow with Wait, by the vendor's page. */
const limitOf = ({ type }: Flow): number => (type === 'surveyInvite' ? HOUR : 72 * HOUR);

/** Duration of a wait that the platform does not shorten, in ms; 0 if the file does not say. */
const untrimmed = ({ wait }: FlowAction): number => (wait === undefined || wait.isTrimmed ? 0 : (wait.ms ?? 0));

/** A wait, or the waits of one path, beyond the running time of the flow. */
export const waitTooLong: FlowRule = {
  id: 'wait-too-long',
  title: 'A wait is longer than the flow may run',
  level: 'error',
  reason:
    'The platform ends the flow after 72 hours, and a survey invite after one hour, and enters the error handling. What comes after the wait never runs.',
  sources: [SOURCES.wait],
  wouldHaveCaught:
    'A workflow waits five days and then asks whether a complaint was solved. It was tested with five minutes. In production, every flow ends after 72 hours in its error handling, and no customer is ever asked.',
  check(analysis, { settings, report, leaveOut }) {
    const { flow } = analysis;
    const limit = limitOf(flow);
    const waits = [...analysis.actions('wait')];
    if (waits.length === 0 || hasWait(flow.type) === false) return;
    const unknown = waits.filter(({ wait }) => wait?.ms === undefined && wait?.isTrimmed !== true);
    if (unknown.length > 0)
      leaveOut(`${counted(unknown.length, 'wait')} without a literal duration: only the run decides how long.`);
    const tooLong = waits.filter((wait) => untrimmed(wait) > limit);
    for (const wait of tooLong)
      report({
        place: wait.place,
        message: `The wait ${nameOf(wait)} lasts ${span(untrimmed(wait))}; the flow ends after ${span(limit)}.`,
        fix: 'Set "Trim Lengthy Duration" (trimDurationNearMaxRunningTime), or end this flow and start another one later, for example by a trigger or a scheduled job.',
      });
    if (tooLong.length === 0) checkSum(analysis, limit, settings.loopCount, report);
  },
};

function checkSum(
  analysis: FlowAnalysis,
  limit: number,
  loopCount: number | undefined,
  report: RuleContext['report'],
): void {
  const { steps } = analysis;
  const total = heaviest(steps, untrimmed, { loopCount });
  if (total <= limit || total === Infinity) return;
  const inAll = (wait: FlowAction): number => untrimmed(wait) * inAllTurns(steps, wait, loopCount);
  const longest = [...analysis.actions('wait')].reduce((most, wait) => (inAll(wait) > inAll(most) ? wait : most));
  report({
    place: longest.place,
    message: `The waits on one path add up to ${span(total)}; the flow ends after ${span(limit)}. The longest part is ${nameOf(longest)}.`,
    fix: 'Wait for less, or in fewer turns, or set "Trim Lengthy Duration" (trimDurationNearMaxRunningTime) on the waits.',
  });
}
