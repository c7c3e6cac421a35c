import type { HeaderAccess } from '../contract/call.js';

/**
 * For adapters: reads and writes headers in a plain record. Names are not case-sensitive. If the record has several spellings of a
 * name, the last one counts. `set` keeps the spelling of the record.
 * @public
 */
export function recordHeaders(headers: Record<string, string>): HeaderAccess {
  const keyOf = (name: string): string | undefined =>
    Object.keys(headers)
      .filter((key) => key.toLowerCase() === name.toLowerCase())
      .pop();
  return {
    get(name) {
      const key = keyOf(name);
      return key && headers[key];
    },
    set(name, value) {
      headers[keyOf(name) ?? name] = value;
    },
  };
}
