/** A number with thousands separators: 12,345. */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** A number with its noun: `1 call`, `3 calls`. */
export const counted = (value: number, noun: string, plural = `${noun}s`): string =>
  `${count(value)} ${value === 1 ? noun : plural}`;

/** A share as a percentage: 0.125 is `12.5 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} %`;
}

const round = (value: number): string => String(Math.round(value * 10) / 10);

/** A time span in its natural unit: `350 ms`, `4.2 s`, `3 min`, `12 h`, `7 days`. */
export function duration(ms: number): string {
  if (ms === Infinity) return 'any time';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${round(ms / 1_000)} s`;
  if (ms < 2 * 3_600_000) return `${round(ms / 60_000)} min`;
  if (ms < 2 * 86_400_000) return `${round(ms / 3_600_000)} h`;
  return `${round(ms / 86_400_000)} days`;
}

/** Texts as a list in a sentence: `a`, `a and b`, `a, b and c`. */
export function listed(texts: readonly string[], last = 'and'): string {
  if (texts.length < 2) return texts[0] ?? '';
  return `${texts.slice(0, -1).join(', ')} ${last} ${texts[texts.length - 1] ?? ''}`;
}

/** Wall ms as UTC time, to the second: `2026-11-29 16:02:11Z`. */
export const utc = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
