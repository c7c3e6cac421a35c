// Clients that read HTTPS_PROXY and NO_PROXY from the environment.
import axios from 'axios';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { guardAxios } from '@holdline/axios';
import { createHoldline } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';

export function createClientsFromEnvironment({ apiUrl, headers, tls = {}, httpsAgent, config }) {
  const dispatcher = new EnvHttpProxyAgent({ connect: tls, requestTls: tls });
  const line = createHoldline({ deadline: { attemptTimeoutMs: 2_000 }, ...config });
  return {
    api: guardFetch((input, init) => fetch(input, { ...init, dispatcher }), { line, origins: [apiUrl] }),
    // axios reads the two variables itself. Its own tunnel shows a refusal of the proxy as an answer of the platform.
    http: guardAxios(axios.create({ baseURL: apiUrl, headers, httpsAgent }), line),
    async close() {
      await line.close();
      await dispatcher.close();
    },
  };
}
