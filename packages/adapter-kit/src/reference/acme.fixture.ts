import type { AdapterUnderTest } from '../contract/types.js';
import { guardAcme } from './acme-adapter.fixture.js';
import { AcmeClient, type AcmeResponse } from './acme-client.fixture.js';

/** A second class of the same client, as a second copy of its package has. */
class AcmeClientCopy extends AcmeClient {}

/** The reference client and its adapter, for the contract. */
export const ACME: AdapterUnderTest<AcmeClient> = {
  name: 'guardAcme',
  guard: guardAcme,
  connect({ url: baseUrl }, { maxSockets, copy, authorization }) {
    const client = new (copy ? AcmeClientCopy : AcmeClient)({ baseUrl, maxSockets, authorization });
    return {
      client,
      call: (guarded, { method, baseUrl: base, path, headers, body, signal }) =>
        guarded.request({
          method,
          url: base + path,
          headers: { 'content-type': 'application/json', ...headers },
          body,
          signal,
        }),
      async read(result) {
        const response = result as AcmeResponse;
        return { status: response.status, text: await response.text() };
      },
      onRequest: (listener) => void client.interceptors.push(listener),
      refuse: (guarded) => guarded.request({ method: 'not a method', url: '/' }),
      close: () => client.close(),
    };
  },
};
