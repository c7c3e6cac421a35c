import { Buffer } from 'node:buffer';
import type { ParsedHeaders, RawHeaders } from './types.js';

/** The headers or trailers of an answer. The two interfaces of handlers take them in different forms. */
export class HeaderBlock {
  #parsed: ParsedHeaders | undefined;
  #raw: RawHeaders | undefined;
  /** The headers as they arrived. An interceptor may have changed them since. */
  readonly #arrived: unknown;

  private constructor(parsed: ParsedHeaders | undefined, raw: RawHeaders | undefined, arrived?: unknown) {
    this.#parsed = parsed;
    this.#raw = raw;
    this.#arrived = arrived;
  }

  static ofRaw(raw: RawHeaders | undefined): HeaderBlock {
    return new HeaderBlock(undefined, raw ?? []);
  }

  /** @param arrived - What the controller has as raw headers. It is used only if it has the same content. */
  static ofParsed(parsed: ParsedHeaders | undefined, arrived?: unknown): HeaderBlock {
    return new HeaderBlock(parsed ?? {}, undefined, arrived);
  }

  get parsed(): ParsedHeaders {
    return (this.#parsed ??= parse(this.#raw as RawHeaders));
  }

  get raw(): RawHeaders {
    return (this.#raw ??= this.#buildRaw(this.#parsed as ParsedHeaders));
  }

  #buildRaw(parsed: ParsedHeaders): RawHeaders {
    const arrived = this.#arrived;
    if (Array.isArray(arrived) && isSame(parsed, parse(arrived))) return arrived as RawHeaders;
    return Object.entries(parsed).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [Buffer.from(name, 'latin1'), Array.isArray(value) ? value.map(toBuffer) : toBuffer(value as string)],
    );
  }

  /** Reads a header by its lower-case name. */
  get(name: string): string | undefined {
    const value = Object.hasOwn(this.parsed, name) ? this.parsed[name] : undefined;
    return typeof value === 'object' ? value.join(', ') : value;
  }
}

function toBuffer(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function toText(value: Uint8Array | string): string {
  return typeof value === 'string'
    ? value
    : Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1');
}

function parse(raw: RawHeaders): ParsedHeaders {
  // One list for each name: a list made anew for each line would take quadratic time.
  const lists = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = toText(raw[at] as Uint8Array | string).toLowerCase();
    const value = raw[at + 1] as RawHeaders[number];
    const texts = Array.isArray(value) ? value.map(toText) : [toText(value as Uint8Array | string)];
    const list = lists.get(name);
    if (list) for (const text of texts) list.push(text);
    else lists.set(name, texts);
  }
  // A name such as `__proto__` or `constructor` must stay a header.
  return Object.fromEntries([...lists].map(([name, list]) => [name, list.length === 1 ? (list[0] as string) : list]));
}

function isSame(one: ParsedHeaders, other: ParsedHeaders): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => String(one[name]) === String(other[name]));
}
