import { check } from '@holdline/core';
import type { BulkWriteRow } from '../operations/operation-rows.js';

/** What the platform did with one item of a batch that it answered. */
export type ItemOutcome =
  | { readonly kind: 'written'; readonly value: unknown }
  | { readonly kind: 'failed' | 'unknown'; readonly error: unknown; readonly isKept?: boolean };

/** The outcomes of the items of a batch, in their order, by the answer of the platform. */
export function readResults(items: readonly unknown[], answer: unknown, row: BulkWriteRow): ItemOutcome[] {
  if (typeof answer === 'string' && answer !== '') {
    // The page of a proxy, which says nothing about the batch.
    const error = new Error('the answer of the platform is a text without results');
    return items.map(() => ({ kind: 'unknown', error }));
  }
  if (row.results !== undefined) return readIndexed(items, check.isRecord(answer) ? answer : {}, row.results);
  const failures = check.isRecord(answer) && row.failures !== undefined ? listAt(answer, row.failures) : [];
  const failed = new Map(failures.map((failure) => [idOf(failure), failure]));
  const entities = row.entities === undefined ? [] : listAt(answer, row.entities);
  const byId = new Map(entities.map((entity) => [idOf(entity), entity]));
  return items.map((item, index) => {
    const id = idOf(item);
    if (id === undefined) return written(entities.length === items.length ? entities[index] : undefined);
    return failed.has(id) ? { kind: 'failed', error: failed.get(id) } : written(byId.get(id));
  });
}

/** Results that stand in the order of the items. */
function readIndexed(items: readonly unknown[], answer: Record<string, unknown>, key: string): ItemOutcome[] {
  const results = listAt(answer, key);
  const { errorCount, errorIndexes } = answer;
  const failed = new Set<unknown>(Array.isArray(errorIndexes) ? errorIndexes : []);
  if (results.length !== items.length) {
    // The platform has executed the batch. Only an answer without errors says what happened to each item.
    const isClean = failed.size === 0 && (errorCount === 0 || errorCount === undefined) && results.every(isWritten);
    if (isClean) return items.map(() => written(undefined));
    const error = new Error(`the platform answered ${results.length} results for ${items.length} items`);
    return items.map(() => ({ kind: 'unknown', error }));
  }
  return results.map((result, index) => {
    const { error, entity } = (result ?? {}) as { error?: unknown; entity?: unknown };
    if (failed.has(index) || !isWritten(result)) return { kind: 'failed', error: error ?? result };
    return written(entity ?? result);
  });
}

function isWritten(result: unknown): boolean {
  const { success, error } = (result ?? {}) as { success?: unknown; error?: unknown };
  return success !== false && (error === undefined || error === null);
}

const written = (value: unknown): ItemOutcome => ({ kind: 'written', value });

function idOf(item: unknown): unknown {
  return check.isRecord(item) ? item['id'] : typeof item === 'string' ? item : undefined;
}

function listAt(answer: unknown, key: string): unknown[] {
  const list = key === '' ? answer : check.isRecord(answer) ? answer[key] : undefined;
  return Array.isArray(list) ? (list as unknown[]) : [];
}
