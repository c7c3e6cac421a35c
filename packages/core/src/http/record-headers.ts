import type { HeaderAccess } from '../contract/call.js';

/**
 * For adapters: access to headers in a plain record. Names are not case-sensitive. Of several spellings of one name the last counts.
 * `set` keeps the spelling of the record.
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
