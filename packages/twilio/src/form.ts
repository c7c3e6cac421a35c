type Pair = [name: string, value: string];

/** Deepest nesting of parameters that is read. Parameters of the SDK are flat; a circular object has no end. */
const MAX_DEPTH = 8;

/** Encodes parameters as the SDK does: a list repeats its name, and an undefined value is left out. */
export function encodeForm(params: unknown): string {
  return new URLSearchParams(listPairs(params)).toString();
}

/** Decodes a form into the parameters that the SDK encodes to the same form. */
export function decodeForm(text: string): Record<string, string | string[]> {
  const query = new URLSearchParams(text);
  const entries = [...new Set(query.keys())].map((name) => {
    const values = query.getAll(name);
    return [name, values.length === 1 ? (values[0] as string) : values] as const;
  });
  return Object.fromEntries(entries);
}

/** Adds parameters to a URL that may have a query. */
export function addQuery(url: string, params: unknown): string {
  const query = encodeForm(params);
  return query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

function listPairs(params: unknown): Pair[] {
  if (typeof params !== 'object' || params === null) return [];
  return Object.entries(params).flatMap(([name, value]) => pairsOf(name, value, 0));
}

function pairsOf(name: string, value: unknown, depth: number): Pair[] {
  if (value === undefined || typeof value === 'function' || depth > MAX_DEPTH) return [];
  if (value === null) return [[name, '']];
  if (value instanceof Date) return [[name, value.toISOString()]];
  if (Array.isArray(value)) return value.flatMap((one) => pairsOf(name, one, depth + 1));
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, one]) => pairsOf(`${name}[${key}]`, one, depth + 1));
  return [[name, String(value as string)]];
}
