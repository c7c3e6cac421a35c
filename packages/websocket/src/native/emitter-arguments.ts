/** Whether the second constructor argument contains the options, which are otherwise the third. */
export function hasOptionsInsteadOfProtocols([, protocols]: readonly unknown[]): boolean {
  return typeof protocols === 'object' && protocols !== null && !Array.isArray(protocols);
}

/** Returns the options among the constructor arguments. */
export function readOptions(args: readonly unknown[]): Record<string, unknown> {
  return ((hasOptionsInsteadOfProtocols(args) ? args[1] : args[2]) ?? {}) as Record<string, unknown>;
}

/** Returns the constructor arguments with changed options. */
export function mergeOptions(args: readonly unknown[], change: object): unknown[] {
  const options = { ...readOptions(args), ...change };
  return hasOptionsInsteadOfProtocols(args) ? [args[0], options] : [args[0], args[1], options];
}

/** Returns the subprotocols among the constructor arguments. */
export function readProtocols([, protocols, options]: readonly unknown[]): string[] {
  if (typeof protocols === 'string') return [protocols];
  if (Array.isArray(protocols)) return protocols as string[];
  const { protocols: named = [] } = (protocols ?? options ?? {}) as { protocols?: string | string[] };
  return Array.isArray(named) ? named : [named];
}

/** Returns a URL in the native form if it is certainly valid, otherwise undefined. */
export function normalizePlainUrl(url: unknown): string | undefined {
  try {
    const { href, protocol, hash } = new URL(url as string);
    return /^(ws|http)s?:$/.test(protocol) && hash === '' && !href.endsWith('#')
      ? href.replace(/^http/, 'ws')
      : undefined;
  } catch {
    return undefined;
  }
}
