export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const spread = (values) => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
  n: values.length,
});

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Three significant digits; whole numbers from 100 on. */
export function num(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return '∞';
  const size = Math.abs(value);
  const digits = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  const [whole, part] = value.toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return part && Number(part) > 0 ? `${grouped}.${part}` : grouped;
}

export const percent = (value) =>
  value === undefined ? '–' : `${(value * 100).toFixed(value > 0.9995 || value < 0.1 ? 0 : 1)} %`;

export const withSpread = ({ median: middle, min, max, n }) =>
  n > 1 ? `${num(middle)} (${num(min)}–${num(max)})` : `${num(middle)}`;

export const times = (value) => (value === undefined ? '–' : `${num(value)}x`);
