/**
 * An invalid option. The message names the key, the value and what is allowed.
 *
 * @example
 * ```ts
 * import { startSimulator } from '@holdline/simulator';
 *
 * await startSimulator({ platform: 'genesys', clockSkewMs: NaN });
 * // SimulatorOptionError: clockSkewMs is NaN; allowed: a whole number from -8640000000000 to 8640000000000
 * ```
 * @public
 */
export class SimulatorOptionError extends Error {
  override readonly name = 'SimulatorOptionError';
  readonly code = 'SIMULATOR_OPTION';
  /** Path of the option, for example `limits[0].windowMs`. */
  readonly key: string;
  /** The allowed values, in words. */
  readonly allowed: string;

  constructor(key: string, value: unknown, allowed: string) {
    super(`${key} is ${formatValue(value)}; allowed: ${allowed}`);
    this.key = key;
    this.allowed = allowed;
  }
}

function formatValue(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (value === undefined || typeof value === 'number' || typeof value === 'symbol') return String(value);
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = 'an object that is not plain data';
  }
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
