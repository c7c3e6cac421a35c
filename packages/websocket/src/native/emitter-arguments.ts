/** Arguments of the constructor with other options. */
export function mergeOptions(args: readonly unknown[], change: object): unknown[] {
  const [url, protocols, options] = args;
  const swapped = typeof protocols === 'object' && protocols !== null && !Array.isArray(protocols);
  return swapped ? [url, { ...protocols, ...change }] : [url, protocols, { ...(options as object), ...change }];
}

/** The options among the arguments of the constructor. */
export function readOptions([, protocols, options]: readonly unknown[]): Record<string, unknown> {
  const swapped = typeof protocols === 'object' && protocols !== null && !Array.isArray(protocols);
  return ((swapped ? protocols : options) ?? {}) as Record<string, unknown>;
}

/** The subprotocols among the arguments of the constructor. */
export function readProtocols([, protocols, options]: readonly unknown[]): string[] {
  if (typeof protocols === 'string') return [protocols];
  if (Array.isArray(protocols)) return protocols as string[];
  const { protocols: named = [] } = (protocols ?? options ?? {}) as { protocols?: string | string[] };
  return Array.isArray(named) ? named : [named];
}

/** A URL of which nothing can be wrong, as the native class writes it. */
export function normalizePlainUrl(given: unknown): string | undefined {
  try {
    const { href, protocol, hash } = new URL(given as string);
    return /^(ws|http)s?:$/.test(protocol) && hash === '' && !href.endsWith('#')
      ? href.replace(/^http/, 'ws')
      : undefined;
  } catch {
    return undefined;
  }
}
