import type { KeptAnswer } from '../../contract/call.js';
import type { Outcome } from '../../contract/outcome.js';
import { readSafely } from '../../contract/safe-read.js';
import type { ResolvedBulk } from './bulk-options.js';

/** Headers of the list that describe its items too. Those about length, coding and version describe the list only. */
const KEPT_HEADERS = [
  'age',
  'cache-control',
  'content-language',
  'content-type',
  'correlation-id',
  'date',
  'expires',
  'inin-correlation-id',
  'request-id',
  'vary',
  'x-correlation-id',
  'x-request-id',
];

/** Ids whose case does not matter. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Integers that a double may not hold. */
const LONG_INTEGERS = /[[:,]\s*(-?\d{16,})(?=\s*[,}\]])/g;

/** The items of a list as answers to single reads. */
export class ListAnswer {
  /** The items by id; null if several have the same id. */
  readonly #items = new Map<string, object | null>();
  readonly #write: (item: object) => unknown;
  readonly #head: Omit<KeptAnswer, 'body'>;

  /** Reads a list. Undefined: the answer is not the expected JSON. */
  static read(outcome: Outcome, body: unknown, options: ResolvedBulk): ListAnswer | undefined {
    const { items: itemsKey = 'entities' } = options;
    const form = formOf(body);
    const data = form?.read();
    const items: unknown = itemsKey === '' ? data : readOwn(data, itemsKey);
    return form && Array.isArray(items) ? new ListAnswer(outcome, items, form.write, options.key ?? 'id') : undefined;
  }

  private constructor(outcome: Outcome, items: readonly unknown[], write: (item: object) => unknown, key: string) {
    const { status = 200, header, value } = outcome;
    const statusText = readSafely(value, 'statusText');
    const headers: Record<string, string> = {};
    for (const name of KEPT_HEADERS) {
      const text = header(name);
      if (text !== undefined) headers[name] = text;
    }
    this.#head = { status, statusText: typeof statusText === 'string' ? statusText : '', headers };
    this.#write = write;
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
    return { ...this.#head, body: this.#write(item) };
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

/** Reads JSON in the form of the client, and writes an item in the same form. Undefined: the body is not JSON. */
function formOf(body: unknown): { read(): unknown; write(item: object): unknown } | undefined {
  if (typeof body === 'string') return { read: () => parse(body), write: (item) => JSON.stringify(item) };
  if (body instanceof ArrayBuffer || body instanceof Uint8Array) {
    const text = new TextDecoder().decode(body);
    return { read: () => parse(text), write: (item) => encode(JSON.stringify(item), body) };
  }
  // Each caller gets its own copy of data that the client has parsed.
  return { read: () => body, write: (item) => JSON.parse(JSON.stringify(item)) as unknown };
}

function encode(text: string, like: ArrayBuffer | Uint8Array): unknown {
  const bytes = new TextEncoder().encode(text);
  if (like instanceof ArrayBuffer) return bytes.buffer;
  const { Buffer } = globalThis as { Buffer?: { from(bytes: ArrayBuffer): Uint8Array } };
  return Buffer && like.constructor.name === 'Buffer' ? Buffer.from(bytes.buffer) : bytes;
}

function parse(text: string): unknown {
  // An item is written as JSON again, which would change such a number.
  for (const [, digits] of text.matchAll(LONG_INTEGERS)) if (!Number.isSafeInteger(Number(digits))) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
