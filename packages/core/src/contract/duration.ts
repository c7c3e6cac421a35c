/**
 * A duration in words for messages: `250 ms`, `9.8 s`, `3 min`, `2 h`.
 * @internal
 */
export function durationInWords(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)} ms`;
  const [unit, name] = ms < 120_000 ? [1_000, 's'] : ms < 7_200_000 ? [60_000, 'min'] : [3_600_000, 'h'];
  return `${Math.round((ms / (unit as number)) * 10) / 10} ${name as string}`;
}
