import fc from 'fast-check';
import { expect, it } from 'vitest';
import { paged } from './paged.js';

interface Item {
  readonly id: number;
}
interface Query {
  readonly pageSize?: number;
  readonly pageNumber?: number;
  readonly cursor?: string;
}

/** A list of the platform. Before each request the next step of the plan happens: a failure, an insert, or nothing. */
class Platform {
  readonly items: Item[];
  #plan: readonly Step[];
  #inserted = 0;

  constructor(
    total: number,
    plan: readonly Step[],
    private readonly maxSize: number,
  ) {
    this.items = Array.from({ length: total }, (_, id) => ({ id: id * 1_000 }));
    this.#plan = plan;
  }

  /** A list with page numbers, of which the counts of the pages may be missing. */
  readonly numbered = (hasCount: boolean) => ({
    getUsers: async ({ pageSize = 25, pageNumber = 1 }: Query = {}) => {
      this.#happen();
      if (pageSize > this.maxSize) throw Object.assign(new Error('too large'), { status: 400 });
      const start = (pageNumber - 1) * pageSize;
      const entities = this.items.slice(start, start + pageSize);
      return { entities, ...(hasCount && { pageCount: Math.ceil(this.items.length / pageSize) }) };
    },
  });

  /** A list with tokens that name the last delivered item. */
  readonly tokened = () => ({
    getUsersQuery: async ({ pageSize = 25, cursor }: Query = {}) => {
      this.#happen();
      if (pageSize > this.maxSize) throw Object.assign(new Error('too large'), { status: 400 });
      const start = cursor === undefined ? 0 : this.items.findIndex(({ id }) => id > Number(cursor));
      const entities = start < 0 ? [] : this.items.slice(start, start + pageSize);
      const last = entities.at(-1);
      const hasMore = last !== undefined && last !== this.items.at(-1);
      return { entities, ...(hasMore && { cursor: String(last.id) }) };
    },
  });

  #happen(): void {
    const [step, ...rest] = this.#plan;
    this.#plan = rest;
    if (step === 'fail') throw Object.assign(new Error('unavailable'), { status: 503 });
    if (typeof step !== 'number') return;
    const at = Math.floor(step * (this.items.length + 1));
    const before = this.items[at - 1]?.id ?? -1_000_000;
    this.items.splice(at, 0, { id: before + ++this.#inserted / 1_000 });
  }
}

/** A failure, the place of an insert as a share of the list, or nothing. */
type Step = 'fail' | 'nothing' | number;

/** Reads a list to its end, and resumes by the cursor after each failure and after each break. */
async function readAll(
  open: (from: string | undefined) => AsyncIterableIterator<Item> & { cursor: string },
  breaks: readonly number[],
): Promise<number[]> {
  const read: number[] = [];
  let from: string | undefined;
  for (let run = 0; ; run++) {
    const list = open(from);
    let left = breaks[run] ?? Infinity;
    try {
      for await (const { id } of list) {
        read.push(id);
        if (--left === 0) break;
      }
      if (left > 0) return read;
    } catch (error) {
      expect(error).toMatchObject({ status: 503 });
    }
    from = list.cursor;
  }
}

const steps = (withInserts: boolean): fc.Arbitrary<Step[]> =>
  fc.array(
    withInserts
      ? fc.oneof(
          fc.constant('fail' as const),
          fc.constant('nothing' as const),
          fc.double({ min: 0, max: 1, noNaN: true }),
        )
      : fc.constantFrom('fail' as const, 'nothing' as const),
    { maxLength: 12 },
  );
const sizes = fc.record({
  total: fc.nat(130),
  maxSize: fc.integer({ min: 1, max: 120 }).filter((size) => size >= 25 || size > 0),
  pageSize: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  breaks: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
  prefetch: fc.boolean(),
});

// The platform's default is 25, so a smaller maximum would refuse each request without a size.
const fits = ({ maxSize, pageSize }: { maxSize: number; pageSize: number | undefined }): boolean =>
  maxSize >= (pageSize ?? 25);

it('delivers each item once and in order, whatever fails between the pages, with cursors to resume', async () => {
  await fc.assert(
    fc.asyncProperty(
      sizes.filter(fits),
      steps(false),
      fc.constantFrom('numbered', 'uncounted', 'tokened'),
      async ({ total, maxSize, pageSize, breaks, prefetch }, plan, kind) => {
        const platform = new Platform(total, plan, maxSize);
        const opts = pageSize === undefined ? {} : { pageSize };
        const options = (from: string | undefined) => ({ prefetch, ...(from !== undefined && { from }) });
        const read = await readAll(
          (from) =>
            kind === 'tokened'
              ? paged(platform.tokened(), 'getUsersQuery', opts, options(from))
              : paged(platform.numbered(kind === 'numbered'), 'getUsers', opts, options(from)),
          breaks,
        );
        expect(read).toEqual(platform.items.map(({ id }) => id));
      },
    ),
    { numRuns: 400 },
  );
});

it('delivers each item that was there from the start, once with tokens or `unique`, whatever is inserted meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(
      sizes.filter(fits),
      steps(true),
      fc.boolean(),
      async ({ total, maxSize, pageSize, prefetch }, plan, withTokens) => {
        const platform = new Platform(total, plan, maxSize);
        const atStart = platform.items.map(({ id }) => id);
        const opts = pageSize === undefined ? {} : { pageSize };
        const options = { prefetch, unique: 'id' };
        const open = (from: string | undefined) =>
          withTokens
            ? paged(platform.tokened(), 'getUsersQuery', opts, { prefetch, ...(from !== undefined && { from }) })
            : paged(platform.numbered(true), 'getUsers', opts, { ...options, ...(from !== undefined && { from }) });
        const read = await readAll(open, []);
        const delivered = new Set(read);
        expect(atStart.filter((id) => !delivered.has(id))).toEqual([]);
        // `unique` remembers what one list delivered. A list that resumes remembers nothing.
        if (withTokens || !plan.includes('fail')) expect(read).toHaveLength(delivered.size);
      },
    ),
    { numRuns: 400 },
  );
});
