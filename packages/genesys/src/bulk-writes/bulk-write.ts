import { abortReason, check, ConfigError, isAbortSignal, withCall, withLetters } from '@holdline/core';
import { BULK_WRITES } from '../operations/bulk-writes.js';
import type { BulkWriteRow } from '../operations/operation-rows.js';
import type { MethodName } from '../paging/paged.js';
import { answerBody } from '../sdk/answer-body.js';
import { batchOutcome } from './batch-outcome.js';
import { readResults, type ItemOutcome } from './batch-results.js';

/**
 * The type of the items that a bulk method of the SDK writes.
 * @public
 */
export type BulkItemOf<Method> = Method extends (...args: infer Args) => unknown ? BulkBodyItem<Args[number]> : never;

/**
 * The type of the items in a request body that is an array, or has one.
 * @public
 */
export type BulkBodyItem<Body> = Body extends readonly (infer Item)[]
  ? Item
  : Body extends object
    ? {
        [K in keyof Body & ('entities' | 'memberIds' | 'patchCallbackRequests')]: NonNullable<
          Body[K]
        > extends readonly (infer Item)[]
          ? Item
          : never;
      }[keyof Body & ('entities' | 'memberIds' | 'patchCallbackRequests')]
    : never;

/**
 * Options of {@link bulkWrite}. All are optional.
 * @public
 */
export interface BulkWriteOptions {
  /**
   * Arguments of the method before its body, such as the id of the queue.
   * @defaultValue none
   */
  path?: string[];
  /**
   * Options of the SDK method, after its body, such as `{ _delete: true }`.
   * @defaultValue none
   */
  opts?: object;
  /**
   * Most items per request. It can only lower the default.
   * @defaultValue the maximum of the platform, or 50 where the SDK documents none
   */
  batchSize?: number;
  /**
   * Ends the sending. Items that were not sent get the reason of the signal as their error.
   * @defaultValue none
   */
  signal?: AbortSignal;
}

/**
 * What happened to one item of {@link bulkWrite}.
 * @public
 */
export type BulkItemResult<Item> =
  | {
      readonly item: Item;
      readonly ok: true;
      /** The written entity as the platform answered it; undefined if the platform answers no entity. */
      readonly value: unknown;
    }
  | {
      readonly item: Item;
      readonly ok: false;
      /** The error of the platform for this item, or the error of its request. */
      readonly error: unknown;
      /** Whether the item may have been written all the same. */
      readonly unknown: boolean;
      /** Whether a dead letter of the line has the item. A replay of the letter sends it again. */
      readonly kept: boolean;
    };

/**
 * The results of {@link bulkWrite}.
 * @public
 */
export interface BulkWriteReport<Item> {
  /** One result per item, in the order of the items. */
  readonly results: readonly BulkItemResult<Item>[];
  /** Items that were certainly not written and that no dead letter has, in their order. They may be sent again. */
  readonly failed: readonly Item[];
  /**
   * Items that were certainly not written, and that a dead letter of the line has. Replay the letter, and do not send them again. Empty
   * without a store.
   */
  readonly kept: readonly Item[];
  /** Items that may have been written. Look at the platform before you send them again. */
  readonly unknown: readonly Item[];
  /** Number of requests. */
  readonly requests: number;
}

const checkOptions = check.shape<BulkWriteOptions>({
  path: check.list(check.text),
  opts: (value, key) => (check.isRecord(value) ? value : check.refuse(key, value, 'an object')),
  batchSize: check.number({ min: 1, integer: true }),
  signal: (value, key) => (isAbortSignal(value) ? value : check.refuse(key, value, 'an AbortSignal')),
});

/**
 * Writes many items with a bulk method of the SDK: as few requests as the platform allows, one after the other, and one result per item.
 *
 * If the platform refuses a batch as a whole with 400 or 413, it has written nothing. The batch is then sent in halves, down to single
 * items, so that only the items that the platform refuses fail. No item is sent again after a request that may have written it: its
 * result has `unknown: true`.
 *
 * The line treats each request as any write. With a store that keeps dead letters, a batch that the platform did not answer becomes one.
 * Its items have `kept: true` and are not among `failed`, so that a replay of the letters and a second `bulkWrite` of `failed` write no
 * item twice. A replay gives no results per item. A letter that could not keep the items, because the store has no key, does not count.
 *
 * @param api - API object of the SDK.
 * @param method - Bulk method. Methods that replace a whole set, such as `putUserRoutingskillsBulk`, are not among them.
 * @param items - The items, as the SDK's body has them.
 * @throws ConfigError if the method is no known bulk method, or an option is wrong. Failures of requests are results.
 * @example
 * ```ts
 * import platformClient from 'purecloud-platform-client-v2';
 * import { bulkWrite } from '@holdline/genesys';
 *
 * const contacts = [{ firstName: 'Ada', lastName: 'Lovelace' }];
 * const api = new platformClient.ExternalContactsApi();
 * const { results, failed } = await bulkWrite(api, 'postExternalcontactsBulkContactsAdd', contacts);
 * for (const one of results) if (!one.ok) console.error(one.item.lastName, one.error);
 * console.log(`${failed.length} contacts may be sent again`);
 * ```
 * @public
 */
export async function bulkWrite<Api extends object, Name extends MethodName<Api>>(
  api: Api,
  method: Name,
  items: readonly BulkItemOf<Api[Name]>[],
  options?: BulkWriteOptions,
): Promise<BulkWriteReport<BulkItemOf<Api[Name]>>> {
  const given = checkOptions(options ?? {}, 'options');
  const name = check.text(method, 'the second argument of bulkWrite');
  const row = Object.hasOwn(BULK_WRITES, name) ? BULK_WRITES[name] : undefined;
  if (!row)
    throw new ConfigError(`${name} is no bulk method that is known; known are ${Object.keys(BULK_WRITES).join(', ')}`);
  const methods = api as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  if (typeof methods?.[name] !== 'function')
    throw new ConfigError(`the API object given to bulkWrite has no method ${name}`);
  const { path = [] } = given;
  if (path.length !== row.position) {
    throw new ConfigError(`options.path must have ${row.position} arguments for ${name}, got ${path.length}`);
  }
  // The caller may change its array while batches are sent.
  const list = check.list<unknown>((item) => item)(items, 'items');
  const writer = new BatchWriter((...args) => methods[name]!(...args), row, given);
  return (await writer.writeAll(list)) as BulkWriteReport<BulkItemOf<Api[Name]>>;
}

/** Sends batches and collects one outcome per item. */
class BatchWriter {
  readonly #send: (...args: unknown[]) => Promise<unknown>;
  readonly #row: BulkWriteRow;
  readonly #options: BulkWriteOptions;
  #requests = 0;

  constructor(send: (...args: unknown[]) => Promise<unknown>, row: BulkWriteRow, options: BulkWriteOptions) {
    this.#send = send;
    this.#row = row;
    this.#options = options;
  }

  async writeAll(items: readonly unknown[]): Promise<BulkWriteReport<unknown>> {
    const size = Math.min(this.#options.batchSize ?? Infinity, this.#row.max);
    const outcomes: ItemOutcome[] = [];
    for (let start = 0; start < items.length; start += size) {
      outcomes.push(...(await this.#write(items.slice(start, start + size))));
    }
    const results = items.map((item, index) => toResult(item, outcomes[index]!));
    const notWritten = results.filter((one) => !one.ok);
    return {
      results,
      failed: notWritten.filter(({ unknown, kept }) => !unknown && !kept).map(({ item }) => item),
      kept: notWritten.filter(({ unknown, kept }) => !unknown && kept).map(({ item }) => item),
      unknown: notWritten.filter(({ unknown }) => unknown).map(({ item }) => item),
      requests: this.#requests,
    };
  }

  async #write(batch: readonly unknown[]): Promise<ItemOutcome[]> {
    const { signal } = this.#options;
    if (signal?.aborted) return batch.map(() => ({ kind: 'failed', error: abortReason(signal) }));
    let letter: Promise<boolean> | undefined;
    try {
      const onLetter = (isComplete: Promise<boolean>): void => {
        letter = isComplete;
      };
      const answer = await withLetters(onLetter, () => this.#request(batch));
      return readResults(batch, answerBody(answer), this.#row);
    } catch (error) {
      const outcome = batchOutcome(error, signal?.aborted ?? false);
      const isKept = (await letter) ?? false;
      // A batch that a letter keeps is not sent in halves, or a replay would write the items again.
      if (outcome === 'split' && batch.length > 1 && !isKept) {
        const middle = Math.ceil(batch.length / 2);
        return [...(await this.#write(batch.slice(0, middle))), ...(await this.#write(batch.slice(middle)))];
      }
      return batch.map(() => ({ kind: outcome === 'unknown' ? 'unknown' : 'failed', error, isKept }));
    }
  }

  #request(batch: readonly unknown[]): Promise<unknown> {
    const { path = [], opts, signal } = this.#options;
    const body = this.#row.wrap === undefined ? batch : { [this.#row.wrap]: batch };
    const send = (): Promise<unknown> => this.#send(...path, body, ...(opts ? [opts] : []));
    this.#requests++;
    return signal ? withCall({ signal }, send) : send();
  }
}

function toResult(item: unknown, outcome: ItemOutcome): BulkItemResult<unknown> {
  if (outcome.kind === 'written') return { item, ok: true, value: outcome.value };
  const { kind, error, isKept = false } = outcome;
  return { item, ok: false, error, unknown: kind === 'unknown', kept: isKept };
}
