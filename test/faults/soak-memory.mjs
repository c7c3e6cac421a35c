// Growth of heap and handles in the soak.

/** Growth per minute, by least squares. The first third is warm-up: code is compiled, and pools and caches fill. */
function slope(samples, key) {
  const kept = samples.slice(Math.ceil(samples.length / 3));
  if (kept.length < 10) return undefined;
  const x = kept.map(({ at }) => at / 60_000);
  const y = kept.map((sample) => sample[key]);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const above = x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
  const below = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  return { growth: (above / below) * (x.at(-1) - x[0]), mean: my, minutes: x.at(-1) - x[0] };
}

/**
 * Bytes that the heap of a process may grow in the measured time. The file store keeps journal entries for two days, and letters until
 * the end, in memory. Retained rows of this load are below 4 MB in ten minutes; noise of the heap is about 1 MB.
 */
const MAX_HEAP_GROWTH = 6_000_000;
const MAX_HANDLE_GROWTH = 15;

/** A line of the report for a process, and what is wrong. Undefined after too few samples. */
export function measureMemory({ name, samples }) {
  const [heap, handles] = [slope(samples, 'heap'), slope(samples, 'handles')];
  if (!heap || !handles) return undefined;
  const growth = (heap.growth / 1e6).toFixed(2);
  const text =
    `${name}: heap ${(heap.mean / 1e6).toFixed(1)} MB, ${growth} MB growth in ${heap.minutes.toFixed(1)} min; ` +
    `${handles.mean.toFixed(0)} handles, ${handles.growth.toFixed(1)} growth`;
  const broken = [];
  if (heap.growth > MAX_HEAP_GROWTH) broken.push(`${name}: the heap grew by ${growth} MB`);
  if (handles.growth > MAX_HANDLE_GROWTH)
    broken.push(`${name}: the number of handles grew by ${handles.growth.toFixed(1)}`);
  return { text, broken };
}
