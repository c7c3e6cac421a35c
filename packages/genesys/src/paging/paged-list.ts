import { writeCursor, type PagePlace } from './cursor.js';
import type { LoadedPage, PageFeed } from './page-feed.js';

/**
 * One page of a {@link PagedList}.
 * @public
 */
export interface ListPage<T> {
  /** The items of the page, in the order of the platform. */
  readonly items: readonly T[];
  /** The whole answer of the platform, with fields such as `total`. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** Resumes the list after this page. */
  readonly cursor: string;
}

/**
 * The items of a paged list, in the order of the platform.
 * @public
 */
export interface PagedList<T> extends AsyncIterableIterator<T> {
  /** Delivers whole pages instead of items. After some items were read, it continues with the page after theirs. */
  pages(): AsyncIterableIterator<ListPage<T>>;
  /**
   * An opaque string that resumes the list after the last delivered item: `paged(api, method, opts, { from: cursor })`. At the end of the
   * list it resumes nothing. It has the place in the list and no credential. Some cursors of the platform expire after 24 hours.
   */
  readonly cursor: string;
}

/** Settings of a list. */
export interface ListSettings {
  /** Operation or style, which the cursor names. */
  readonly list: string;
  readonly start: PagePlace;
  /** Page size that is certain before the first page. */
  readonly size: number | undefined;
  readonly skip: number;
  readonly ended: boolean;
  /** Field whose values are delivered once. */
  readonly unique: string | undefined;
}

/** Most values of `unique` that are remembered twice over. */
const REMEMBERED = 10_000;

/** Reads items from a feed of pages. Calls of `next()` that overlap are answered in their order. */
export class FedList<T> implements PagedList<T> {
  readonly #feed: PageFeed;
  readonly #settings: ListSettings;
  #page: LoadedPage | undefined;
  #index = 0;
  #skip: number;
  /** No further item is delivered, because the list is at its end, a step failed, or the caller stopped. */
  #stopped: boolean;
  #tail: Promise<unknown> = Promise.resolve();
  #seen = new Set<unknown>();
  #seenBefore = new Set<unknown>();

  constructor(feed: PageFeed, settings: ListSettings) {
    this.#feed = feed;
    this.#settings = settings;
    this.#skip = settings.skip;
    this.#stopped = settings.ended;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  get cursor(): string {
    const { list, start, size, skip, ended: startsAtEnd } = this.#settings;
    const page = this.#page;
    if (!page) return writeCursor({ list, page: start, skip, size, ended: startsAtEnd });
    const isRead = this.#index >= page.items.length;
    const ended = isRead && page.next === undefined;
    const place = isRead && !ended ? page.next : page.place;
    return writeCursor({ list, page: place, skip: isRead ? 0 : this.#index, size: page.size, ended });
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return this.#inOrder(() => this.#nextItem());
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#stop();
    return Promise.resolve({ done: true, value: undefined });
  }

  pages(): AsyncIterableIterator<ListPage<T>> {
    const iterator: AsyncIterableIterator<ListPage<T>> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => this.#inOrder(() => this.#nextPage()),
      return: () => this.return() as Promise<IteratorReturnResult<undefined>>,
    };
    return iterator;
  }

  #stop(): void {
    this.#stopped = true;
    this.#feed.stop();
  }

  /** Runs one step after the steps before it. A failed step ends the list. */
  #inOrder<R>(step: () => Promise<R>): Promise<R> {
    const result = this.#tail.then(step);
    this.#tail = result.catch(() => {
      this.#stopped = true;
    });
    return result;
  }

  async #nextItem(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      if (this.#stopped) return { done: true, value: undefined };
      const items = this.#page?.items ?? [];
      while (this.#index < items.length) {
        const item = items[this.#index++];
        if (this.#isNew(item)) return { done: false, value: item as T };
      }
      if (!(await this.#turn())) return { done: true, value: undefined };
    }
  }

  async #nextPage(): Promise<IteratorResult<ListPage<T>, undefined>> {
    if (this.#stopped || !(await this.#turn())) return { done: true, value: undefined };
    const { items, answer } = this.#page as LoadedPage;
    const delivered = items.slice(this.#index).filter((item) => this.#isNew(item)) as T[];
    this.#index = items.length;
    return { done: false, value: { items: delivered, answer, cursor: this.cursor } };
  }

  /** Turns to the next page; false at the end of the list. */
  async #turn(): Promise<boolean> {
    const page = await this.#feed.next();
    if (!page) {
      this.#stopped = true;
      return false;
    }
    this.#page = page;
    // A page that got shorter since the cursor was written has no item to skip beyond its end.
    this.#index = Math.min(this.#skip, page.items.length);
    this.#skip = 0;
    return true;
  }

  #isNew(item: unknown): boolean {
    const { unique } = this.#settings;
    if (unique === undefined) return true;
    const value = (item as Record<string, unknown> | undefined)?.[unique];
    if (value === undefined) return true;
    if (this.#seen.has(value) || this.#seenBefore.has(value)) return false;
    if (this.#seen.size >= REMEMBERED) {
      this.#seenBefore = this.#seen;
      this.#seen = new Set();
    }
    this.#seen.add(value);
    return true;
  }
}
