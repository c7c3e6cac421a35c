import { describeDuration } from '../describe.js';
import type { Condition } from './meter.js';
import type { AlertMetric, AlertRule } from './rules.js';

const PARTS: ReadonlySet<AlertMetric> = new Set(['errorRate', 'quotaUse']);
const DURATIONS: ReadonlySet<AlertMetric> = new Set(['p50', 'p95', 'p99', 'tokenExpiresInMs']);

/** Prints a part of one as percent. */
export const percent = (part: number): string => `${Number((part * 100).toFixed(Math.abs(part) < 0.1 ? 1 : 0))} %`;

function printValue(metric: AlertMetric, value: number): string {
  if (PARTS.has(metric)) return percent(value);
  if (DURATIONS.has(metric)) return describeDuration(value);
  if (metric === 'errorRateRise') return `${Number((value * 100).toFixed(1))} percentage points`;
  if (metric === 'p95Rise' || metric === 'p99Rise') return `${value.toFixed(1)} times`;
  return String(Math.round(value));
}

/** Prints a round time in words: `5 minutes`, `90 s`. */
export function printPeriod(ms: number): string {
  for (const [unit, name] of [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ] as const) {
    if (ms >= unit && ms % unit === 0) return `${ms / unit} ${name}${ms === unit ? '' : 's'}`;
  }
  return describeDuration(ms);
}

/** Puts the numbers into the text of a rule. */
export function fillText(rule: AlertRule, condition: Condition, subject: string | undefined, value: number): string {
  const { metric, windowMs, above, below, minimum, status } = condition;
  const words: Record<string, string> = {
    subject: subject ?? 'the line',
    value: printValue(metric, value),
    threshold: printValue(metric, above ?? below ?? 0),
    window: printPeriod(windowMs),
    for: printPeriod(rule.forMs ?? 0),
    minimum: String(minimum),
    status: String(status ?? ''),
  };
  return rule.text.replace(
    /\{(\w+)(?:\|([^{|}]*)\|([^{|}]*))?\}/g,
    (whole, name: string, one?: string, many?: string) => {
      const word = Object.hasOwn(words, name) ? (words[name] as string) : whole;
      return one === undefined || many === undefined || word === whole ? word : word === '1' ? one : many;
    },
  );
}
