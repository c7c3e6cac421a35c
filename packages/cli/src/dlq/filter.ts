import type { DeadLetter } from '@holdline/core';
import { parseSpan } from '../terminal/span.js';
import { usageError } from '../terminal/errors.js';

/** Options that select letters. */
export interface FilterFlags {
  route?: string;
  reason?: string;
  tenant?: string;
  olderThan?: string;
}

/** The route of a call, or the address of a frame. */
export const routeOf = (letter: DeadLetter): string => (letter.kind === 'call' ? letter.route : `SEND ${letter.url}`);

/**
 * Makes a test for letters. All given options must hold.
 *
 * @param now - Wall ms.
 * @throws CommandError for a time span that is none, and for an empty option.
 */
export function filterOf(
  { route, reason, tenant, olderThan }: FilterFlags,
  now: number,
): (letter: DeadLetter) => boolean {
  // An unset variable of a shell must not select all letters.
  for (const [option, value] of Object.entries({ route, reason, tenant }))
    if (value === '') throw usageError(`--${option} must not be empty.`);
  const age = olderThan === undefined ? undefined : parseSpan(olderThan);
  if (olderThan !== undefined && age === undefined)
    throw usageError(`--older-than must be a time such as 90s, 30min, 12h or 7d, got '${olderThan}'.`);
  return (letter) =>
    (route === undefined || routeOf(letter) === route || routeOf(letter).endsWith(` ${route}`)) &&
    (reason === undefined || letter.reason.includes(reason)) &&
    (tenant === undefined || letter.tenant === tenant) &&
    (age === undefined || now - letter.keptAt >= age);
}

/** Whether any option selects letters. */
export const hasFilter = ({ route, reason, tenant, olderThan }: FilterFlags): boolean =>
  [route, reason, tenant, olderThan].some((value) => value !== undefined);
