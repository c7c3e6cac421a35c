import type { Holdline, Undo } from '@holdline/core';
import { TwilioRequest } from './request.js';
import type { RequestClientLike, TwilioLike, TwilioRequestOptions, TwilioResponse } from './types.js';

/**
 * Puts a guarded request client into a Twilio client. All requests of the SDK pass through `client.httpClient.request`: those of its
 * resources, of pages, and of `client.request`. The native request client stays as it is, because several clients may share it.
 */
export function attachClient(client: TwilioLike, line: Holdline): Undo {
  const own = Object.getOwnPropertyDescriptor(client, 'httpClient');
  const guards = new WeakMap<object, object>();
  let attached = true;

  const findNative = (): RequestClientLike =>
    (own ? (own.get ? own.get.call(client) : own.value) : readInherited(client)) as RequestClientLike;

  async function run(native: RequestClientLike, options: TwilioRequestOptions): Promise<TwilioResponse> {
    // The native request client refuses such a request with its own error.
    const isWrong = typeof options?.method !== 'string' || typeof options.uri !== 'string';
    if (!attached || isWrong) return native.request(options);
    return line.run(new TwilioRequest(client, native, options, line)) as Promise<TwilioResponse>;
  }

  const findGuarded = (): object => {
    const native = findNative();
    if (typeof native !== 'object' || native === null) return native;
    let guarded = guards.get(native);
    if (!guarded) guards.set(native, (guarded = guardRequestClient(native, (options) => run(native, options))));
    return guarded;
  };

  Object.defineProperty(client, 'httpClient', {
    configurable: true,
    enumerable: own?.enumerable ?? false,
    get: findGuarded,
  });
  return () => {
    attached = false;
    if (Object.getOwnPropertyDescriptor(client, 'httpClient')?.get !== findGuarded) return;
    if (own) Object.defineProperty(client, 'httpClient', own);
    else Reflect.deleteProperty(client, 'httpClient');
  };
}

/** Reads the getter of the class. It makes the request client when the SDK needs it first. */
function readInherited(client: object): unknown {
  return Reflect.get(Object.getPrototypeOf(client) as object, 'httpClient', client);
}

/** Returns an object that behaves as `native`, except for `request`. */
function guardRequestClient(native: RequestClientLike, request: RequestClientLike['request']): object {
  const methods = new Map<unknown, unknown>();
  // The target inherits from the native request client and has no properties: those of a frozen target could not be replaced.
  return new Proxy(Object.create(native) as object, {
    get(_target, key) {
      if (key === 'request') return request;
      const value: unknown = Reflect.get(native, key, native);
      // A method of a class may use private fields, which only the native object has.
      if (typeof value !== 'function' || key === 'constructor' || Object.hasOwn(native, key)) return value;
      let bound = methods.get(value);
      if (!bound) methods.set(value, (bound = value.bind(native) as unknown));
      return bound;
    },
    set: (_target, key, value) => Reflect.set(native, key, value, native),
  });
}
