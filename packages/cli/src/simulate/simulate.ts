import { describeChanges, parseChanges, type Change } from './change.js';
import { compareRuns } from './compare.js';
import { describedLoad } from './described-load.js';
import { formatCount, formatWindow } from './duration.js';
import { changeQuotas, DEFAULT_LIMIT, withQuotas } from './line-config.js';
import type { LoadSource } from './load.js';
import { recordedLoad } from './recorded-load.js';
import { run, type RunSettings } from './run.js';
import { resolveScenario, type ScenarioSettings } from './scenario.js';
import { suggestChanges } from './suggest.js';
import type { Scenario, SimulateOptions, SimulationResult, WhatIfResult } from './types.js';

/**
 * Runs a load against a model of the platform, through a real line on a virtual clock, and then again with each change.
 *
 * @throws ConfigError for a wrong scenario. Also rejects if the file of a recording cannot be read.
 *
 * @example
 * ```ts
 * import { simulate } from 'holdline';
 *
 * const { base, whatIf } = await simulate({
 *   platform: { limits: [{ limit: 300, window: '60s' }] },
 *   load: [{ name: 'agents', count: 200, within: '60s', calls: [{ route: 'GET /api/v2/users/:id', times: 8 }] }],
 *   whatIf: ['credentials=2'],
 * });
 * console.log(base.total.waits.p95, whatIf[0]?.sentences);
 * ```
 * @public
 */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<SimulationResult> {
  const settings = resolveScenario(scenario);
  const source = await readLoad(settings);
  const groups = source.load.groups.map(({ name }) => name);
  const changes =
    settings.whatIf?.map((text, i) => ({ text, changes: parseChanges(text, groups, `whatIf[${i}]`) })) ??
    (source.load.calls > 0 ? suggestChanges(settings, source) : []);
  // A wrong change must not be found after minutes of work.
  const base = runSettings('base', settings, source, []);
  const runs = changes.map((one) => runSettings(one.text, settings, source, one.changes));
  const report = (name: string, runs: number): ((ended: number) => void) => {
    return (ended) =>
      options.onProgress?.({ run: name, ended, calls: source.load.calls, runs, of: changes.length + 1 });
  };
  const baseResult = await run(base, report('base', 0));
  const whatIf: WhatIfResult[] = [];
  for (const [i, { text, changes: list }] of changes.entries()) {
    const result = await run(runs[i] as RunSettings, report(text, i + 1));
    const title = describeChanges(list);
    whatIf.push({ change: text, title, run: result, sentences: compareRuns(title, baseResult, result) });
  }
  return {
    summary: summarize(settings, source),
    seed: settings.seed,
    base: baseResult,
    whatIf,
    notes: notesOf(
      settings,
      source,
      changes.flatMap((one) => one.changes),
    ),
  };
}

async function readLoad(settings: ScenarioSettings): Promise<LoadSource> {
  const { load } = settings;
  return Array.isArray(load) ? describedLoad(load) : recordedLoad(load);
}

function runSettings(
  name: string,
  settings: ScenarioSettings,
  source: LoadSource,
  changes: readonly Change[],
): RunSettings {
  let { platform, credentials, holdline } = settings;
  if (platform.service === undefined && source.service) platform = { ...platform, service: source.service };
  for (const change of changes) {
    if (change.kind === 'credentials') credentials = change.count;
    if (change.kind === 'limit') {
      const [first, ...others] = platform.limits;
      holdline = changeQuotas(holdline, first, change);
      const limit = { ...(first ?? DEFAULT_LIMIT), limit: change.limit, windowMs: change.windowMs };
      platform = { ...platform, limits: [limit, ...others] };
    }
  }
  return {
    name,
    platform,
    credentials,
    holdline: withQuotas(holdline, platform.limits),
    load: changes.length === 0 ? source.load : source.change(changes),
    changes,
    seed: settings.seed,
    untilMs: settings.untilMs,
  };
}

function summarize({ platform, credentials }: ScenarioSettings, { load, description }: LoadSource): string {
  const limits = platform.limits.map(({ limit, windowMs, counts, per, match }) => {
    const by = per === 'token' ? 'credential' : per === 'org' ? 'organization' : 'route';
    const of = match === undefined ? '' : ` for ${match}`;
    const how = { fixed: 'fixed windows', sliding: 'sliding window', bucket: 'token bucket' }[counts];
    return `${formatCount(limit)} ${limit === 1 ? 'request' : 'requests'}${of} in ${formatWindow(windowMs)} per ${by} (${how})`;
  });
  const limited = limits.length === 0 ? 'no limit' : limits.join(', and ');
  const people = credentials === 1 ? '1 credential' : `${credentials} credentials`;
  return `${formatCount(load.calls)} calls (${description}), ${people}, ${limited}.`;
}

function notesOf(settings: ScenarioSettings, source: LoadSource, changes: readonly Change[]): string[] {
  const { holdline, platform, whatIf } = settings;
  if (source.load.calls === 0) return ['The load has no calls.'];
  const notes: string[] = [];
  if (platform.limits.length === 0) notes.push('The platform has no limit, so that calls wait only for retries.');
  if (holdline.governor === false) notes.push('The governor of the line is off, so that the line keeps no quota.');
  if (whatIf === undefined && source.repeats.length === 0)
    notes.push('No cache was tried, because no two calls are known to ask for the same thing.');
  if (changes.some(({ kind }) => kind === 'credentials'))
    notes.push('The terms of a platform may forbid further credentials that only serve to get round a limit.');
  return notes;
}
