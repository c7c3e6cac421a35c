import { PRIORITIES, type Priority } from '@holdline/core';
import { parseChanges, type Change } from './change.js';
import type { LoadSource } from './load.js';
import type { ScenarioSettings } from './scenario.js';

/**
 * Changes that fit the load: another limit, one more credential, a cache, and a load without the least important of several groups, or with
 * a lower priority of it.
 */
export function suggestChanges(
  { platform, credentials }: ScenarioSettings,
  { repeats, load: { groups } }: LoadSource,
): { text: string; changes: Change[] }[] {
  const texts: string[] = [];
  const first = platform.limits[0];
  if (platform.limits.some(({ per }) => per === 'token')) texts.push(`credentials=${credentials + 1}`);
  if (first) texts.push(`limit=${first.limit * 2}/${shortWindow(first.windowMs)}`);
  if (repeats.length > 0) texts.push(`cache=${repeats.length === 1 ? repeats[0]?.route : '*'}:60s`, 'coalesce');
  const busy = groups.filter(({ calls }) => calls > 0).sort((a, b) => rank(b) - rank(a) || b.calls - a.calls);
  const [least] = busy;
  if (least && busy.length > 1) {
    const isOneClass = busy.every((group) => rank(group) === rank(least));
    if (isOneClass && least.priority !== 'background') texts.push(`priority=background:${least.name}`);
    texts.push(`drop=${least.name}`);
  }
  const names = groups.map(({ name }) => name);
  return texts.map((text) => ({ text, changes: parseChanges(text, names, 'whatIf') }));
}

const shortWindow = (ms: number): string => (ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`);

const rank = ({ priority = 'normal' }: { priority?: Priority | undefined }): number => PRIORITIES.indexOf(priority);
