/**
 * A duration in words for messages: `250 ms`, `9.8 s`, `3 min`, `2 h`. A clock that jumps makes no negative duration.
 * @internal
 */
export function durationInWords(ms: number): string {
  if (ms === Infinity) return 'an unknown time';
  const whole = Math.max(0, Math.ceil(ms));
  if (whole < 1_000) return `${whole} ms`;
  const [unit, name] = ms < 120_000 ? [1_000, 's'] : ms < 7_200_000 ? [60_000, 'min'] : [3_600_000, 'h'];
  return `${Math.round((ms / (unit as number)) * 10) / 10} ${name as string}`;
}

/**
 * A number with its noun for messages: `1 call`, `3 calls`.
 * @internal
 */
export const countInWords = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
