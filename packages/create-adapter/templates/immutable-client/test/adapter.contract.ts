// How the contract makes and calls clients. The tests call `adapter` with the sources, and `npx holdline adapter-check` with the build.
import type { AdapterUnderTest } from '@holdline/adapter-kit';
import { Agent } from 'undici';
import type * as sources from '../src/index.js';
import { createRequest, type ExampleRequest } from './example-client.js';

// CHANGE 6: replace the example client by $theClient$. Each member says what the contract needs.
export const adapter = (built: typeof sources): AdapterUnderTest<ExampleRequest> => ({
  name: '$guard$',
  guard: built.$guard$,
  // A new client that sends to `url` with the given limit of connections and the given Authorization header.
  connect({ url }, { maxSockets, authorization }) {
    const agent = new Agent({ connections: maxSockets ?? null });
    const client = createRequest(url, authorization === undefined ? {} : { authorization }, agent);
    return {
      client,
      // One call, as a user makes it.
      call: (guarded, { method, baseUrl, path, headers, body, signal }) =>
        guarded(baseUrl + path, {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          // The fetch of Node takes Node streams too.
          body: (body ?? null) as BodyInit | null,
          signal,
        }),
      // Status and text of what `call` resolves with.
      async read(result) {
        const response = result as Response;
        return { status: response.status, text: await response.text() };
      },
      close: () => agent.destroy(),
    };
  },
  // What the client cannot do, each with the reason. The contract leaves out the cases that need it.
  lacks: {
    interceptor: 'The client has no interceptors.',
    redirects: 'The client does not follow redirects.',
    localFailure: 'The client refuses requests only where it sends them.',
    secondCopy: 'The client is a function, so the adapter compares no classes.',
    variants: 'The adapter makes no reads for the line itself.',
  },
});
