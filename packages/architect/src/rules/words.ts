/** A number with thousands separators: 12,345. */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** A number with its noun: `1 turn`, `3 turns`. */
export const counted = (value: number, noun: string, plural = `${noun}s`): string =>
  `${count(value)} ${value === 1 ? noun : plural}`;

/** A number with one decimal below 10: `4.2`, `120`. */
export const rate = (value: number): string =>
  value < 10 && !Number.isInteger(value) ? value.toFixed(1) : count(value);

/** Texts as a list in a sentence, at most three of them: `a`, `a and b`, `a, b, c and 4 more`. */
export function listed(texts: readonly string[]): string {
  const unique = [...new Set(texts)];
  const shown = unique.slice(0, 3);
  const rest = unique.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1] ?? ''}`;
}

/** A time span in its natural unit: `350 ms`, `4.2 s`, `3 min`, `12 h`, `7 days`. */
export function span(ms: number): string {
  const units: [number, string][] = [
    [86_400_000, 'days'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ];
  for (const [unit, name] of units) {
    // Up to two of a unit, the smaller unit reads better: 90 min, 36 h. A limit of 72 h is always given in hours.
    if (ms >= unit * (name === 'days' ? 7 : 2) || (ms === unit && name !== 'days'))
      return `${decimal(ms / unit)} ${name}`;
  }
  return `${decimal(ms)} ms`;
}

const decimal = (value: number): string =>
  (Math.round(value * 10) / 10).toLocaleString('en-US', { maximumFractionDigits: 1 });
