import type { FlowValue } from '../flow/types.js';

const UNITS_MS: Readonly<Record<string, number>> = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
  ms: 1,
  milliseconds: 1,
};

/** Duration of Archy YAML, such as `{ minutes: 5, seconds: 30 }`, in ms; undefined if a part is no number. */
export function durationOfParts(parts: Iterable<readonly [string, unknown]>): number | undefined {
  let ms = 0;
  let count = 0;
  for (const [unit, value] of parts) {
    const factor = Object.hasOwn(UNITS_MS, unit) ? UNITS_MS[unit] : undefined;
    if (factor === undefined || typeof value !== 'number' || !Number.isFinite(value)) return undefined;
    ms += factor * value;
    count += 1;
  }
  return count === 0 ? undefined : ms;
}

/** Duration of an export, such as `P0D0H5M0S0F` with milliseconds at `F`, in ms. */
export function durationOfExport(text: string): number | undefined {
  const match = /^P(\d{1,9})D(\d{1,9})H(\d{1,9})M(\d{1,9})S(\d{1,9})F$/.exec(text);
  return match === null ? undefined : inMs(match.slice(1).map(Number));
}

const inMs = ([days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0]: readonly number[]): number =>
  (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;

/**
 * Value of an expression that does not depend on the run: a number, a string, `true`, `false`, or `MakeDuration` with numbers. A duration
 * is in ms.
 */
export function constantOf(expression: string): string | number | boolean | undefined {
  const text = expression.slice(0, 1000).trim();
  if (/^-?\d{1,15}(?:\.\d{1,10})?$/.test(text)) return Number(text);
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  const string = /^"([^"\\]*)"$/.exec(text);
  if (string !== null) return string[1];
  const duration = /^MakeDuration\(([\d\s,]*)\)$/i.exec(text);
  if (duration === null) return undefined;
  const parts = (duration[1] ?? '').split(',').map((part) => part.trim());
  return parts.length === 5 && parts.every((part) => /^\d{1,9}$/.test(part)) ? inMs(parts.map(Number)) : undefined;
}

/** Value of the text of an expression. */
export function expressionValue(text: string): FlowValue {
  const value = constantOf(text);
  return { kind: 'expression', text, ...(value !== undefined && { value }) };
}
