import { ConfigError } from '@holdline/core';

/**
 * Position of the options among the arguments of an SDK method. They are its last parameter. A wrapper without declared parameters
 * tells no position: then the first plain object among the arguments counts as the options.
 */
export function positionOfOptions(method: { readonly length: number }, args: readonly unknown[]): number {
  if (method.length > 0) return method.length - 1;
  const first = args.findIndex((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
  return first < 0 ? args.length : first;
}

/** `this` of a function that is called without its object. An SDK method reads `apiClient` first. */
export function unboundThis(helper: string, name: string): object {
  return {
    get apiClient(): never {
      const method = name || 'method';
      throw new ConfigError(
        `${helper} got the SDK method ${method} without its object: write ${helper}(api, '${method}', …) or ${helper}((page) => api.${method}(page), …)`,
      );
    },
  };
}
