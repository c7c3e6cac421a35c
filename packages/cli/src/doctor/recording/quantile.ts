/** The value below which `share` of the values lie; undefined without values. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

/** The largest value. A spread of many values into `Math.max` would overflow the stack. */
export const largestOf = (values: Iterable<number>): number => {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
};
