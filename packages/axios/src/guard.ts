import { ConfigError, defineAdapter } from '@holdline/core';
import { attachAxios } from './attach.js';
import { letterSender } from './dead-letter.js';
import type { AxiosLike } from './types.js';

/**
 * Guards an axios instance, or axios itself. The line paces, retries and re-authorises every request, below the interceptors of
 * the instance. The guard works with axios 1.7 and later, and with any number of copies of axios.
 *
 * A request with its own `adapter` is not guarded. Streams and `form-data` bodies are paced but never sent twice. An axios-retry
 * on the same instance stays the only retry layer, unless `retry.otherLayer` is `'replace'`.
 *
 * @param instance - An axios instance.
 * @param configOrLine - A configuration or an existing line. Several instances may share one line.
 * @returns the same instance.
 * @throws ConfigError if the configuration is wrong or `instance` is not an axios instance.
 * @example
 * ```ts
 * import axios from 'axios';
 * import { guardAxios } from '@holdline/axios';
 *
 * const api = guardAxios(axios.create({ baseURL: 'https://api.example.com' }), {
 *   governor: { quotas: [{ limit: 300, windowMs: 60_000 }] },
 * });
 * await api.get('/users/me');
 * await api.get('/reports', { holdline: { priority: 'background', totalTimeoutMs: 60_000 } });
 * ```
 * @public
 */
export const guardAxios = defineAdapter<AxiosLike>({
  name: 'guardAxios',
  attach(instance, line) {
    const { request, defaults } = instance as Partial<AxiosLike>;
    if (typeof request !== 'function' || typeof defaults !== 'object' || defaults === null) {
      throw new ConfigError('the first argument of guardAxios must be an axios instance');
    }
    const detach = attachAxios(instance, line);
    const stopSending = line.deadLetters.sendBy('axios', letterSender(instance), instance);
    return () => {
      stopSending();
      detach();
    };
  },
});
