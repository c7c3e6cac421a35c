import type { FlowAction } from '../flow/types.js';
import type { LintSettings } from '../lint/options.js';
import { callsPlatform, dataActionName, nameOf } from './action-kinds.js';
import type { Level } from './level.js';
import type { FlowAnalysis, FlowRule } from './rule.js';
import { SOURCES } from './sources.js';
import { heaviest, uncounted } from './weights.js';
import { count, counted, listed, rate, span } from './words.js';

/** What an interaction needs of a limit. */
interface Need {
  /** How much of the limit one execution of a data action takes for a minute. */
  weight(action: FlowAction): number;
  readonly limit: number;
  /** Says what all interactions need, from the sum of the weights of one interaction. */
  describe(each: number): string;
  readonly fix: string;
  readonly atMost?: Level;
}

/** A flow that needs more data actions than the organization has, at the given number of interactions. */
export const dataActionVolume: FlowRule = {
  id: 'data-action-volume',
  title: 'The flow needs more data actions than the limits allow',
  level: 'error',
  reason:
    'An organization has by default 2,500 data actions a minute and 50 at the same time, for all flows together, and answers are not cached. Above that, data actions fail, also those of other flows. Data actions that call the API of the platform have 300 requests a minute and token besides. Verify these limits in your organization.',
  sources: [SOURCES.blueprint, SOURCES.performance, SOURCES.tokens],
  wouldHaveCaught:
    'A flow with three data actions of 1.5 s each is tested with ten calls. After a television spot, 700 callers a minute come: 2,100 data actions a minute are allowed, but 53 run at once. The last ones fail all the time, with "Concurrency Rate Limit Errors".',
  check(analysis, { settings, report, leaveOut }) {
    const dataActions = [...analysis.actions('dataAction')];
    if (dataActions.length === 0) return;
    const { callsPerMinute } = settings;
    if (callsPerMinute === undefined) {
      leaveOut('Volume was not checked: give the interactions per minute (callsPerMinute, --calls-per-minute).');
      return;
    }
    const needs = [rateOf(settings, callsPerMinute)];
    const unknown = dataActions.filter((action) => settings.p95Of(action) === undefined);
    if (unknown.length === 0) needs.push(concurrencyOf(settings, callsPerMinute));
    else
      leaveOut(
        `Data actions at the same time were not checked: give the duration (p95Ms, --p95) of ${listed(unknown.map(dataActionName))}.`,
      );
    if (dataActions.some((action) => isPlatform(settings, action))) needs.push(tokenOf(settings, callsPerMinute));
    for (const need of needs) {
      // Infinite only for a damaged file, of which `too-many-actions` says so.
      const usual = sumOf(analysis, settings, need, true);
      const worst = sumOf(analysis, settings, need, false);
      const isUsual = usual * callsPerMinute > need.limit;
      if (!isUsual && worst * callsPerMinute <= need.limit) continue;
      const when = isUsual
        ? 'This is the longest path on which all of them succeed.'
        : 'This is the longest path, on which some of them fail.';
      const atMost = isUsual ? need.atMost : 'warn';
      report({
        place: analysis.flow.place,
        message: `${need.describe(isUsual ? usual : worst)} ${when} Verify the limit in your organization.`,
        fix: need.fix,
        ...(atMost && { atMost }),
      });
    }
    noteLoops(analysis, settings, leaveOut);
  },
};

/** The heaviest sum of one interaction. */
const sumOf = ({ steps }: FlowAnalysis, { loopCount }: LintSettings, need: Need, succeeds: boolean): number =>
  heaviest(steps, (action) => (action.kind === 'dataAction' ? need.weight(action) : 0), { loopCount, succeeds });

const isPlatform = (settings: LintSettings, action: FlowAction): boolean =>
  settings.callsPlatform(action) ?? callsPlatform(action);

const interactions = (perMinute: number): string => `${rate(perMinute)} interactions a minute`;

const rateOf = ({ limits }: LintSettings, perMinute: number): Need => ({
  weight: () => 1,
  limit: limits.dataActionsPerMinute,
  describe: (each) =>
    `${interactions(perMinute)} with ${counted(each, 'data action')} each are ${count(each * perMinute)} data actions a minute; the limit is ${count(limits.dataActionsPerMinute)}.`,
  fix: 'Keep answers that many interactions share in a data table, and ask for several things in one data action.',
});

// Little's law: the number at the same time is the rate times the mean duration. The 95th percentile is on the safe side.
const concurrencyOf = (settings: LintSettings, perMinute: number): Need => ({
  weight: (action) => (settings.p95Of(action) ?? 0) / 60_000,
  limit: settings.limits.concurrentDataActions,
  describe: (each) =>
    `${interactions(perMinute)} that spend ${span(each * 60_000)} each in data actions, by their 95th percentiles, run ${rate(each * perMinute)} data actions at once; the limit is ${count(settings.limits.concurrentDataActions)}.`,
  fix: 'Make the slow data action faster, keep its answers in a data table, or move it out of the interaction.',
});

const tokenOf = (settings: LintSettings, perMinute: number): Need => ({
  weight: (action) => (isPlatform(settings, action) ? 1 : 0),
  limit: settings.limits.requestsPerToken,
  describe: (each) =>
    `${interactions(perMinute)} with ${counted(each, 'request')} each to the API of the platform are ${count(each * perMinute)} requests a minute; a token has ${count(settings.limits.requestsPerToken)}. The integration may spread requests over several tokens, but no document promises that.`,
  fix: 'Ask for several things in one request, or keep answers in a data table. Do not add OAuth clients to get round the limit: the vendor may shut down such a client.',
  atMost: 'warn',
});

function noteLoops(analysis: FlowAnalysis, { loopCount }: LintSettings, leaveOut: (note: string) => void): void {
  const { steps } = analysis;
  const around = new Set([...analysis.actions('dataAction')].flatMap(({ id }) => steps.loopsAround(id)));
  const loops = uncounted(steps, { loopCount }).loops.filter(({ id }) => around.has(id));
  if (loops.length === 0) return;
  const names = listed(loops.map(nameOf));
  leaveOut(
    `Data actions in loops without a literal number of turns counted once: ${names}. Set loopCount to count them.`,
  );
}
