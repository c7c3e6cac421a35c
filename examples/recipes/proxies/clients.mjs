// Two clients behind a company proxy: fetch and axios. Both use one line.
import axios from 'axios';
import { fetch, ProxyAgent } from 'undici';
import { guardAxios } from '@holdline/axios';
import { createHoldline } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { clientCredentials, genesysCloud } from '@holdline/genesys';
import { TunnelAgent } from './tunnel-agent.mjs';

/**
 * `proxyUrl` is the address of the proxy, with user and password if it needs them. `ca` is the certificate of the company, if the
 * proxy looks into TLS; `NODE_EXTRA_CA_CERTS` does the same without code.
 */
export function createClients({ proxyUrl, ca, apiUrl, loginUrl, login, config }) {
  // undici's own fetch: an agent of one version does not fit the fetch of every Node version.
  const dispatcher = new ProxyAgent({ uri: proxyUrl, requestTls: { ca } });
  const proxiedFetch = (input, init) => fetch(input, { ...init, dispatcher });

  const line = createHoldline(
    genesysCloud({
      deadline: { attemptTimeoutMs: 10_000 },
      // The login goes through the proxy too.
      token: { grant: clientCredentials({ ...login, loginUrl, fetch: proxiedFetch }) },
      ...config,
    }),
  );

  return {
    line,
    api: guardFetch(proxiedFetch, { line, origins: [apiUrl] }),
    http: guardAxios(
      axios.create({
        baseURL: apiUrl,
        proxy: false, // the agent makes the tunnel, not axios
        httpsAgent: new TunnelAgent(proxyUrl, { keepAlive: true, ca }),
      }),
      line,
    ),
    async close() {
      await line.close();
      await dispatcher.close();
    },
  };
}
