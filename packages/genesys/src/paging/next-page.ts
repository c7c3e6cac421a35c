import { check } from '@holdline/core';
import type { PagedRow, PagingStyle } from '../operations/operation-rows.js';
import type { PagePlace } from './cursor.js';

/** A page that the platform delivered. */
export interface PlatformPage {
  readonly place: PagePlace;
  /** Page size of the request; undefined if the platform chose it. */
  readonly size: number | undefined;
  readonly items: readonly unknown[];
  readonly answer: Readonly<Record<string, unknown>>;
}

/** The items of an answer. The platform leaves out an empty array. */
export function itemsOf(answer: Readonly<Record<string, unknown>>, row: PagedRow): readonly unknown[] {
  const items = answer[row.items];
  return Array.isArray(items) ? items : [];
}

/** Place of the next page; undefined after the last one. */
export function nextPlace(page: PlatformPage, style: PagingStyle): PagePlace {
  return style === 'pageNumber' ? nextNumber(page) : nextToken(page.answer, style);
}

function nextNumber({ place, size: asked, items, answer }: PlatformPage): number | undefined {
  const page = Number(place ?? 1);
  const next = page + 1;
  const pageCount = countOf(answer['pageCount']);
  if (pageCount) return page < pageCount ? next : undefined;
  // Without a count of the pages, only an empty page is a sure end.
  if (items.length === 0) return undefined;
  const size = countOf(answer['pageSize']) ?? asked;
  const total = countOf(answer['total']) ?? countOf(answer['totalHits']);
  if (total && size) return page * size < total ? next : undefined;
  if (typeof answer['nextUri'] === 'string') return next;
  return size !== undefined && items.length < size ? undefined : next;
}

const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

function nextToken(answer: Readonly<Record<string, unknown>>, style: PagingStyle): string | undefined {
  const { cursors, nextUri } = answer;
  const after = check.isRecord(cursors) ? cursors['after'] : undefined;
  const token = [answer[style], style === 'nextPage' ? undefined : after, parameterOf(nextUri, style)].find(
    (one) => typeof one === 'string' && one !== '',
  );
  return token as string | undefined;
}

/**
 * A query parameter of a URI. The platform encodes the values, and the SDK encodes them again when it sends them. A `+` stays a `+`,
 * because tokens have no spaces.
 */
function parameterOf(uri: unknown, name: string): string | undefined {
  if (typeof uri !== 'string') return undefined;
  const value = new RegExp(`[?&]${name}=([^&#]*)`).exec(uri)?.[1];
  if (value === undefined) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Recognises a platform that delivers the same pages again and again. It keeps two tokens, however long the list is. */
export class LoopGuard {
  #last: PagePlace;
  #mark: PagePlace;
  #steps = 0;
  #until = 1;

  /** Whether the platform named this place before. A circle of n places is found after at most 3n steps. */
  repeats(place: PagePlace): boolean {
    if (typeof place !== 'string') return false;
    const repeated = place === this.#last || place === this.#mark;
    this.#last = place;
    if (++this.#steps === this.#until) {
      this.#mark = place;
      this.#until *= 2;
    }
    return repeated;
  }
}
