import { definePrintedForm, type HeaderAccess } from '@holdline/core';

/** Header values as undici takes them. */
type Value = string | number | readonly string[] | null | undefined;

/**
 * A copy of the headers of a request. It keeps the form of the original, an object or a flat list, because interceptors below read it.
 * Other forms become an object.
 */
export class RequestHeaders implements HeaderAccess {
  readonly #list: unknown[] | undefined;
  readonly #record: Record<string, Value> | undefined;

  constructor(headers: unknown) {
    if (Array.isArray(headers) && !Array.isArray(headers[0])) this.#list = [...(headers as unknown[])];
    else this.#record = toRecord(headers);
  }

  /** The headers for undici. */
  get native(): unknown {
    return this.#list ?? this.#record;
  }

  get(name: string): string | undefined {
    const values = this.entries()
      .filter(([key]) => matches(key, name))
      .map(([, value]) => value);
    return values.length > 0 ? values.join(', ') : undefined;
  }

  set(name: string, value: string): void {
    const list = this.#list;
    if (list) {
      for (let at = list.length - 2; at >= 0; at -= 2) if (matches(list[at], name)) list.splice(at, 2);
      list.push(name, value);
      return;
    }
    const record = this.#record as Record<string, Value>;
    for (const key of Object.keys(record)) if (matches(key, name)) Reflect.deleteProperty(record, key);
    record[name] = value;
  }

  /** All headers, each value on its own. */
  entries(): [string, string][] {
    const list = this.#list;
    const pairs = list
      ? list.flatMap((name, at) => (at % 2 === 0 ? [[String(name), list[at + 1] as Value] as const] : []))
      : Object.entries(this.#record as Record<string, Value>);
    return pairs.flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as readonly unknown[]) : value === undefined ? [] : [value ?? '']).map(
        (one): [string, string] => [name, String(one)],
      ),
    );
  }
}

// Logs must not show the credentials.
definePrintedForm(RequestHeaders, () => ({}));

function toRecord(headers: unknown): Record<string, Value> {
  if (typeof headers !== 'object' || headers === null) return {};
  if (!(Symbol.iterator in headers)) return { ...(headers as Record<string, Value>) };
  const record: Record<string, Value> = {};
  for (const [name, value] of headers as Iterable<readonly [string, string | readonly string[]]>) {
    const before = Object.hasOwn(record, name) ? record[name] : undefined;
    record[name] = before === undefined ? value : [before as string | readonly string[], value].flat();
  }
  return record;
}

function matches(key: unknown, name: string): boolean {
  return String(key).toLowerCase() === name.toLowerCase();
}
