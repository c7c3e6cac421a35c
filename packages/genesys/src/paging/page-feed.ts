import { abortReason, check, withCall } from '@holdline/core';
import type { PagedRow } from '../operations/operation-rows.js';
import { answerBody } from '../sdk/answer-body.js';
import { errorStatus } from '../sdk/error-status.js';
import { untilAborted } from '../sdk/until-aborted.js';
import type { PagePlace } from './cursor.js';
import { itemsOf, LoopGuard, nextPlace, type PlatformPage } from './next-page.js';
import { PagingError } from './paging-error.js';

/** How a list is read page by page. */
export interface PageSource {
  /** Name of the operation for messages. */
  readonly name: string;
  readonly row: PagedRow;
  /** Sends the request of one page with these parameters. */
  read(parameters: Record<string, unknown>): Promise<unknown>;
}

/** Settings of a feed. */
export interface FeedOptions {
  readonly start: PagePlace;
  readonly size: number | undefined;
  /** Whether the size is tried without the SDK's word for it. The platform may refuse it. */
  readonly sizeIsAssumed: boolean;
  readonly prefetch: boolean;
  readonly signal: AbortSignal | undefined;
}

/** A page and the place of the page after it; undefined after the last one. */
export interface LoadedPage extends PlatformPage {
  readonly next: PagePlace;
}

/** Delivers the pages of a list one after the other, and requests one page ahead. */
export class PageFeed {
  readonly #source: PageSource;
  readonly #options: FeedOptions;
  readonly #guard = new LoopGuard();
  #size: number | undefined;
  #sizeIsAssumed: boolean;
  /** Page size of the last answer, which may differ from that of the request. */
  #deliveredSize: number | undefined;
  #place: PagePlace;
  #hasMore = true;
  #ahead: Promise<LoadedPage> | undefined;
  #lastText = '';

  constructor(source: PageSource, options: FeedOptions) {
    this.#source = source;
    this.#options = options;
    this.#place = options.start;
    this.#size = options.size;
    this.#sizeIsAssumed = options.sizeIsAssumed;
    this.#guard.repeats(options.start);
  }

  /** The next page; undefined after the last one. */
  async next(): Promise<LoadedPage | undefined> {
    if (!this.#hasMore) return undefined;
    const { signal } = this.#options;
    if (signal?.aborted) {
      this.stop();
      throw abortReason(signal);
    }
    const requested = this.#ahead ?? this.#load(this.#place);
    this.#ahead = undefined;
    try {
      const page = await untilAborted(requested, signal);
      // `stop()` may have been called meanwhile.
      if (!this.#hasMore) return undefined;
      this.#place = page.next;
      this.#hasMore = page.next !== undefined;
      if (this.#hasMore && this.#options.prefetch) this.#requestAhead(page.next);
      return page;
    } catch (error) {
      this.#hasMore = false;
      throw error;
    }
  }

  /** Requests no further page. A page that was requested ahead is dropped when it arrives. */
  stop(): void {
    this.#hasMore = false;
    this.#ahead = undefined;
  }

  #requestAhead(place: PagePlace): void {
    this.#ahead = this.#load(place);
    // The failure belongs to whoever asks for this page.
    this.#ahead.catch(() => undefined);
  }

  async #load(place: PagePlace): Promise<LoadedPage> {
    this.#checkLimit(place);
    const answer = answerBody(await this.#request(place));
    const record = this.#checkAnswer(answer);
    const page = { place, size: this.#size, items: itemsOf(record, this.#source.row), answer: record };
    if (typeof record['pageSize'] === 'number') this.#deliveredSize = record['pageSize'];
    const next = nextPlace(page, this.#source.row.style);
    this.#checkLoop(page, next);
    return { ...page, next };
  }

  /** A page of a proxy, or a list under another name, must not pass for an empty list. */
  #checkAnswer(answer: unknown): Record<string, unknown> {
    const { name, row } = this.#source;
    const items = check.isRecord(answer) ? (answer[row.items] ?? []) : undefined;
    if (check.isRecord(answer) && Array.isArray(items)) return answer;
    throw new PagingError(`the platform answered ${name} without a list in ${row.items}`);
  }

  async #request(place: PagePlace): Promise<unknown> {
    try {
      const answer = await this.#send(place);
      this.#sizeIsAssumed = false;
      return answer;
    } catch (error) {
      if (!this.#sizeIsAssumed || errorStatus(error) !== 400) throw error;
      // The platform may allow smaller pages only. Without a size it uses its default.
      this.#sizeIsAssumed = false;
      this.#size = undefined;
      return this.#send(place);
    }
  }

  #send(place: PagePlace): Promise<unknown> {
    const { row } = this.#source;
    const parameters: Record<string, unknown> = {};
    if (row.size !== undefined && this.#size !== undefined) parameters[row.size] = this.#size;
    if (place !== undefined) parameters[row.style] = place;
    const { signal } = this.#options;
    const read = (): Promise<unknown> => this.#source.read(parameters);
    return signal ? withCall({ signal }, read) : read();
  }

  #checkLimit(place: PagePlace): void {
    const { name, row } = this.#source;
    const page = typeof place === 'number' ? place : 1;
    const instead =
      row.instead === undefined ? 'Filters make the list shorter.' : `${row.instead} reads the whole list.`;
    if (row.maxPage !== undefined && page > row.maxPage) {
      throw new PagingError(
        `the platform delivers ${row.maxPage} pages of ${name} and no more. ${instead}`,
        row.instead,
      );
    }
    if (row.maxItems !== undefined && page > 1 && page * (this.#deliveredSize ?? this.#size ?? 1) > row.maxItems) {
      throw new PagingError(
        `the platform delivers ${row.maxItems} items of ${name} and no more. ${instead}`,
        row.instead,
      );
    }
  }

  /** Without a count of the pages, a platform that repeats itself would be read for ever. */
  #checkLoop({ items, answer }: PlatformPage, next: PagePlace): void {
    if (next === undefined) return;
    const isCounted = ['pageCount', 'total', 'totalHits'].some((key) => typeof answer[key] === 'number');
    const text = typeof next === 'number' && !isCounted ? JSON.stringify(items) : '';
    const isRepeated = text !== '' && text === this.#lastText;
    this.#lastText = text;
    if (!isRepeated && !this.#guard.repeats(next)) return;
    throw new PagingError(
      `the platform repeats ${isRepeated ? 'a page' : 'a cursor'} of ${this.#source.name}, so the list has no end`,
    );
  }
}
