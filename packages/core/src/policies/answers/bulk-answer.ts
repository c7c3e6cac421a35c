import { type BodyForm, formOf, inForm } from '../../call/body-form.js';
import type { KeptAnswer } from '../../contract/call.js';
import type { Outcome } from '../../contract/outcome.js';
import { readText } from '../../contract/safe-read.js';
import type { ResolvedBulk } from './bulk-options.js';
import { keptHeaders } from './kept-answer.js';

/** Headers of the list that do not hold for its items: about its version, its place and its bytes. */
const OF_LIST = /^(etag|last-modified|link|location|content-location|(content-)?digest|content-md5)$/;

/** Ids whose case does not matter. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Integers that a double may not hold. */
const LONG_INTEGERS = /[[:,]\s*(-?\d{16,})(?=\s*[,}\]])/g;

/** The items of a list as answers to single reads. */
export class ListAnswer {
  /** The items by id; null if several have the same id. */
  readonly #items = new Map<string, object | null>();
  readonly #form: BodyForm;
  readonly #head: Omit<KeptAnswer, 'body'>;

  /** Reads a list. Undefined: the answer is not the expected JSON. */
  static read(outcome: Outcome, body: unknown, options: ResolvedBulk): ListAnswer | undefined {
    const { items: itemsKey = 'entities' } = options;
    const form = formOf(body);
    if (form === undefined) return undefined;
    const data = parse(form, body);
    const items: unknown = itemsKey === '' ? data : readOwn(data, itemsKey);
    return Array.isArray(items) ? new ListAnswer(outcome, items, form, options.key ?? 'id') : undefined;
  }

  private constructor({ value, header }: Outcome, items: readonly unknown[], form: BodyForm, key: string) {
    const headers = Object.entries(keptHeaders(value, header)).filter(([name]) => !OF_LIST.test(name));
    this.#head = {
      status: 200,
      statusText: readText(value, 'statusText') ?? '',
      headers: Object.fromEntries(headers),
    };
    this.#form = form;
    for (const item of items) {
      const id = readOwn(item, key);
      if (typeof id !== 'string' && typeof id !== 'number') continue;
      const name = nameOf(String(id));
      this.#items.set(name, this.#items.has(name) ? null : (item as object));
    }
  }

  /** Whether the list has an item with the id. */
  has(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  /** Returns the item as an answer to a single read. Undefined: the list has no such item, or the item lacks a field. */
  answerFor(id: string, fields: readonly string[]): KeptAnswer | undefined {
    const item = this.#find(id);
    if (!item || !fields.every((field) => hasField(item, field))) return undefined;
    return { ...this.#head, body: write(this.#form, item) };
  }

  #find(id: string): object | undefined {
    return this.#items.get(nameOf(id)) ?? undefined;
  }
}

function nameOf(id: string): string {
  return UUID.test(id) ? id.toLowerCase() : id;
}

/** The value of an own property. A name such as `constructor` finds nothing else. */
function readOwn(data: unknown, name: string): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  return Object.hasOwn(data, name) ? (data as Record<string, unknown>)[name] : undefined;
}

/** Whether an item has the field that a value of `expand` names: `presence`, `authorization.unusedRoles`. */
function hasField(item: object, path: string): boolean {
  let data: unknown = item;
  for (const name of path.trim().toLowerCase().split('.')) {
    if (typeof data !== 'object' || data === null) return false;
    const key = Object.keys(data).find((own) => own.toLowerCase() === name);
    if (key === undefined) return false;
    data = (data as Record<string, unknown>)[key];
  }
  return true;
}

/** Writes an item in the form in which the client gave the list. */
function write(form: BodyForm, item: object): unknown {
  const text = JSON.stringify(item);
  if (form === 'text') return text;
  // Each caller gets its own copy.
  return form === 'data' ? JSON.parse(text) : inForm(form, new TextEncoder().encode(text));
}

/** Reads a list. Undefined: it is not JSON, or has a number that would change. */
function parse(form: BodyForm, body: unknown): unknown {
  if (form === 'data') return body;
  const text = form === 'text' ? (body as string) : new TextDecoder().decode(body as Uint8Array);
  // An item is written as JSON again, which would change such a number.
  for (const [, digits] of text.matchAll(LONG_INTEGERS)) if (!Number.isSafeInteger(Number(digits))) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
