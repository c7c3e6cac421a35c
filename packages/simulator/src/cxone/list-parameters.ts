import { type Answer } from '../http/answer.js';
import { buildErrorAnswer } from './error-answers.js';

type Item = Readonly<Record<string, unknown>>;

/** Keeps the fields that `fields` names. Without `fields`, an item has all. */
export function selectFields(items: readonly Item[], query: URLSearchParams): readonly Item[] {
  const names = (query.get('fields') ?? '').split(',').filter((name) => name !== '');
  if (names.length === 0) return items;
  return items.map((item) => Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name))));
}

/** Keeps the items of which one of the named fields has the text of `searchString`, in any case. */
export function searchItems(items: readonly Item[], query: URLSearchParams, names: readonly string[]): readonly Item[] {
  const text = (query.get('searchString') ?? '').toLowerCase();
  if (text === '') return items;
  return items.filter((item) =>
    names.some((name) =>
      String(item[name] ?? '')
        .toLowerCase()
        .includes(text),
    ),
  );
}

/** Cuts the page that `skip` and `top` name. The first item has the index 0. */
export function cutPage(items: readonly Item[], query: URLSearchParams): readonly Item[] {
  const skip = readCount(query.get('skip')) ?? 0;
  const top = readCount(query.get('top')) ?? items.length;
  return items.slice(skip, skip + top);
}

/** Reads `updatedSince` as wall time in ms: 0 without it, and an answer 400 if it is no date. */
export function readUpdatedSince(query: URLSearchParams): number | Answer {
  const text = query.get('updatedSince');
  if (text === null || text === '') return 0;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? buildErrorAnswer(400, 'updatedSince must be a date and a time in ISO 8601') : ms;
}

function readCount(text: string | null): number | undefined {
  const value = Number(text ?? '');
  return text !== null && Number.isInteger(value) && value >= 0 ? value : undefined;
}
