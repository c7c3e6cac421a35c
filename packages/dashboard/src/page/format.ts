import { h } from './dom.js';

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY_TIME = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** Shown where a value is not known. */
export const NONE = '–';

export const count = (value: number | undefined): string => (value === undefined ? NONE : NUMBER.format(value));

/** A noun in singular or plural. */
export const plural = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

/** Prints a duration in ms: `0.4 ms`, `38 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return NONE;
  if (ms < 0.05) return '0 ms';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor((seconds % 86_400) / 3600),
    Math.floor((seconds % 3600) / 60),
  ];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/** Prints a duration in ms in few characters: `500 ms`, `1.5 s`, `90 s`, `5 min`, `2 h`. */
export function shortDuration(ms: number): string {
  const round = (value: number): number => Math.round(value * 10) / 10;
  if (ms < 1000) return `${round(ms)} ms`;
  if (ms < 120_000) return `${round(ms / 1000)} s`;
  return ms < 7_200_000 ? `${round(ms / 60_000)} min` : `${round(ms / 3_600_000)} h`;
}

/** Prints the rest of a countdown. */
export function rest(ms: number): string {
  if (ms <= 0) return 'now';
  return ms < 99_950 ? `${(ms / 1000).toFixed(1)} s` : duration(ms);
}

/** Prints the length of a window as the end of "300 per …". */
export function windowName(ms: number): string {
  if (ms === 60_000) return 'min';
  if (ms === 1000) return 's';
  if (ms === 3_600_000) return 'h';
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}

/** Prints a part of 1. What is not everything never shows as 100 %. */
export function percent(part: number | undefined): string {
  if (part === undefined) return NONE;
  if (part >= 1 || part <= 0) return `${Math.round(part * 100)} %`;
  if (part > 0.999) return '> 99.9 %';
  if (part < 0.001) return '< 0.1 %';
  return part >= 0.995 || part < 0.0995
    ? `${(part * 100).toFixed(1)} %`
    : `${(part * 100).toFixed(part > 0.9 ? 1 : 0)} %`;
}

/** A time of day in the zone of the reader. */
export const clockTime = (wall: number): string => TIME.format(wall);

/** A day and time in the zone of the reader. */
export const dayTime = (wall: number): string => DAY_TIME.format(wall);

/** A moment in UTC, for the hint on hover. */
export function utc(wall: number): string {
  return `${new Date(wall).toISOString().replace('T', ' ').slice(0, 23)} UTC`;
}

/** An element with a time in the zone of the reader and UTC on hover. */
export function timeElement(wall: number, withDay = false): HTMLTimeElement {
  const text = withDay ? dayTime(wall) : clockTime(wall);
  return h('time', { datetime: new Date(wall).toISOString(), title: utc(wall) }, text);
}
