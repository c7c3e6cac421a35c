// Growth of heap and handles in the soak.

/** The samples without the first third, which is warm-up: code is compiled, and pools and caches fill. */
const settled = (samples) => samples.slice(Math.ceil(samples.length / 3));

/** Growth of the heap over all samples, by least squares. */
function heapGrowth(samples) {
  const x = samples.map(({ at }) => at);
  const y = samples.map(({ heap }) => heap);
  const [mx, my] = [mean(x), mean(y)];
  const above = x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
  const below = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  return (above / below) * (x.at(-1) - x[0]);
}

/** Growth of the handles from the first half to the second. Medians, because a burst of calls opens many sockets for some seconds. */
function handleGrowth(samples) {
  const handles = samples.map((sample) => sample.handles);
  const half = Math.floor(handles.length / 2);
  return median(handles.slice(half)) - median(handles.slice(0, half));
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Bytes that the heap of a process may grow in the measured time. The file store keeps journal entries for two days, and letters until
 * the end, in memory. Retained rows of this load are below 4 MB in ten minutes; noise of the heap is about 1 MB.
 */
const MAX_HEAP_GROWTH = 6_000_000;
const MAX_HANDLE_GROWTH = 10;
/** Fewer samples say nothing. A process that was killed shortly before the end has few. */
const MIN_SAMPLES = 10;

/** A line of the report for a process, and what is wrong. Undefined after too few samples. */
export function measureMemory({ name, samples }) {
  const kept = settled(samples);
  if (kept.length < MIN_SAMPLES) return undefined;
  const growth = heapGrowth(kept);
  const handles = handleGrowth(kept);
  const minutes = (kept.at(-1).at - kept[0].at) / 60_000;
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
  const text =
    `${name}: heap ${megabytes(mean(kept.map(({ heap }) => heap)))}, growth ${megabytes(growth)} in ${minutes.toFixed(1)} min ` +
    `(${megabytes(growth / minutes)} per minute); ${median(kept.map((sample) => sample.handles))} handles, growth ${handles}`;
  const broken = [];
  if (growth > MAX_HEAP_GROWTH) broken.push(`${name}: the heap grew by ${megabytes(growth)}`);
  if (handles > MAX_HANDLE_GROWTH) broken.push(`${name}: the number of handles grew by ${handles}`);
  return { text, broken };
}
