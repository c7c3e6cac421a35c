// How the contract makes and calls clients. The tests call `adapter` with the sources, and `npx holdline adapter-check` with the build.
import { loadCopy, type AdapterUnderTest } from '@holdline/adapter-kit';
import type * as sources from '../src/index.js';
import axios, { type AxiosResponse, type AxiosStatic } from 'axios';
import { ExampleSdk } from './example-client.js';

// CHANGE 4: replace the example SDK by $theClient$. Each member says what the contract needs.
export const adapter = (built: typeof sources): AdapterUnderTest<ExampleSdk> => ({
  name: '$guard$',
  guard: built.$guard$,
  // A new SDK that sends to `url` with the given limit of connections and the given Authorization header.
  async connect({ url }, { maxSockets, copy, authorization }) {
    // A second copy of axios, as it is in many trees.
    const library = copy ? ((await loadCopy('axios', import.meta.url)) as { default: AxiosStatic }).default : axios;
    const sdk = new ExampleSdk(url, {
      ...(maxSockets !== undefined && { maxSockets }),
      headers: authorization === undefined ? {} : { authorization },
      library,
    });
    return {
      client: sdk,
      // One call, as a user makes it.
      call: (guarded, { method, baseUrl, path, headers, body, signal }) =>
        guarded.send({
          method,
          url: baseUrl + path,
          data: body,
          headers: { 'content-type': 'application/json', ...headers },
          ...(signal && { signal }),
        }),
      // Status and text of what `call` resolves with. axios parses JSON.
      read(result) {
        const { status, data } = result as AxiosResponse<unknown>;
        return { status, text: typeof data === 'string' ? data : JSON.stringify(data) };
      },
      onRequest: (listener) => void sdk.http.interceptors.request.use((config) => (listener(), config)),
      // A call that the SDK itself refuses before it sends anything.
      refuse: (guarded) => guarded.send({ url: 'gopher://127.0.0.1/' }),
      close: () => sdk.close(),
    };
  },
  // What the SDK cannot do, each with the reason. The contract leaves out the cases that need it.
  lacks: { streamAnswer: 'axios gives an answer to its caller when the whole body has arrived.' },
});
