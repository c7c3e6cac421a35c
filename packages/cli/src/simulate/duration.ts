import { ConfigError } from '@holdline/core';
import type { Duration } from './types.js';

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const MAX_MS = 366 * 24 * 3_600_000;

/** The error for a wrong value. `key` is a flag or a key of the scenario. */
export function wrong(key: string, value: unknown, allowed: string): ConfigError {
  const shown =
    typeof value === 'string' || typeof value === 'number'
      ? JSON.stringify(value)
      : value === null || value === undefined
        ? String(value)
        : `a value of type ${typeof value}`;
  return new ConfigError(`${key} must be ${allowed}, got ${shown.slice(0, 100)}`);
}

/**
 * Reads a duration in ms.
 *
 * @throws ConfigError that names `key`.
 */
export function parseDuration(value: Duration | undefined, key: string, { above }: { above?: number } = {}): number {
  const parts = typeof value === 'string' ? DURATION.exec(value.trim()) : null;
  const ms = parts ? Number(parts[1]) * (UNITS[parts[2] as string] as number) : value;
  const isWrong = typeof ms !== 'number' || !(ms >= 0) || ms > MAX_MS || (above !== undefined && ms <= above);
  if (isWrong)
    throw wrong(
      key,
      value,
      `a duration such as 250ms, 60s, 5m or 2h${above === undefined ? '' : `, above ${above}`}, at most a year`,
    );
  return ms;
}

/** A number with separators for thousands, the same in every locale. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A time in seconds: `0 s`, `250 ms`, `2.4 s`, `122 s`, `3,600 s`. */
export function formatTime(ms: number): string {
  if (ms < 0.5) return '0 s';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : `${formatCount(seconds)} s`;
}

/** A window: `60 s`, `500 ms`. */
export function formatWindow(ms: number): string {
  return ms % 1_000 === 0 ? `${formatCount(ms / 1_000)} s` : `${formatCount(ms)} ms`;
}

/** A part as percent: `0 %`, `0.4 %`, `33 %`. */
export function formatPercent(part: number): string {
  const percent = part * 100;
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}
