/** Returns the constructor arguments with changed options. */
export function mergeOptions(args: readonly unknown[], change: object): unknown[] {
  const [url, protocols, options] = args;
  const swapped = typeof protocols === 'object' && protocols !== null && !Array.isArray(protocols);
  return swapped ? [url, { ...protocols, ...change }] : [url, protocols, { ...(options as object), ...change }];
}

/** Returns the options among the constructor arguments. */
export function readOptions([, protocols, options]: readonly unknown[]): Record<string, unknown> {
  const swapped = typeof protocols === 'object' && protocols !== null && !Array.isArray(protocols);
  return ((swapped ? protocols : options) ?? {}) as Record<string, unknown>;
}

/** Returns the subprotocols among the constructor arguments. */
export function readProtocols([, protocols, options]: readonly unknown[]): string[] {
  if (typeof protocols === 'string') return [protocols];
  if (Array.isArray(protocols)) return protocols as string[];
  const { protocols: named = [] } = (protocols ?? options ?? {}) as { protocols?: string | string[] };
  return Array.isArray(named) ? named : [named];
}

/** Returns a URL in the native form if it is certainly valid, otherwise undefined. */
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
