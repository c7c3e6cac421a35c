import { check, ConfigError } from '@holdline/core';

/** Place of a page: a number, or the platform's token. Undefined: the first page. */
export type PagePlace = number | string | undefined;

/** A place in a list. */
export interface ListPlace {
  /** Operation or style of the list. A cursor of another list is refused. */
  readonly list: string;
  readonly page: PagePlace;
  /** Items of the page that were delivered. */
  readonly skip: number;
  /** Page size that the list was read with. */
  readonly size: number | undefined;
  /** The list was read to its end. */
  readonly ended: boolean;
}

const VERSION = 1;

/** Writes a place as an opaque string. */
export function writeCursor({ list, page, skip, size, ended }: ListPlace): string {
  const text = JSON.stringify([VERSION, list, page ?? null, skip, size ?? null, ended ? 1 : 0]);
  // `btoa` takes Latin letters only.
  const ascii = text.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return btoa(ascii).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** @throws ConfigError if the string is no cursor of this list. */
export function readCursor(cursor: string, list: string): ListPlace {
  const parts = parse(check.text(cursor, 'from'));
  const [version, of, page, skip, size, ended] = parts ?? [];
  const isPage = page === null || typeof page === 'string' || isWhole(page);
  if (version !== VERSION || typeof of !== 'string' || !isPage || !isWhole(skip) || !(size === null || isWhole(size))) {
    throw new ConfigError('from must be the `cursor` of a paged list, got another string');
  }
  if (of !== list) throw new ConfigError(`from must be a cursor of ${list}, got one of ${of.slice(0, 80)}`);
  return { list, page: page ?? undefined, skip, size: size ?? undefined, ended: ended === 1 };
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function parse(cursor: string): unknown[] | undefined {
  try {
    const parts: unknown = JSON.parse(atob(cursor.replace(/-/g, '+').replace(/_/g, '/')));
    return Array.isArray(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}
