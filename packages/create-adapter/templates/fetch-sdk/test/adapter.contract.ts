// How the contract makes and calls clients. The tests call `adapter` with the sources, and `npx holdline adapter-check` with the build.
import type { AdapterUnderTest } from '@holdline/adapter-kit';
import type * as sources from '../src/index.js';
import { ExampleSdk } from './example-client.js';

// A second copy of the SDK's package has a class of its own.
class ExampleSdkCopy extends ExampleSdk {}

// CHANGE 4: replace the example SDK by $theClient$. Each member says what the contract needs.
export const adapter = (built: typeof sources): AdapterUnderTest<ExampleSdk> => ({
  name: '$guard$',
  guard: built.$guard$,
  // A new SDK that sends to `url` with the given limit of connections and the given Authorization header.
  connect({ url }, { maxSockets, copy, authorization }) {
    const sdk = new (copy ? ExampleSdkCopy : ExampleSdk)(url, {
      ...(maxSockets !== undefined && { maxSockets }),
      headers: authorization === undefined ? {} : { authorization },
    });
    return {
      client: sdk,
      // One call, as a user makes it.
      call: (guarded, { method, baseUrl, path, headers, body, signal }) =>
        guarded.send(baseUrl + path, {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          // The fetch of Node takes Node streams too. With `duplex`, it does not wait for their end.
          body: (body ?? null) as BodyInit | null,
          duplex: 'half',
          signal: signal ?? null,
        }),
      // Status and text of what `call` resolves with.
      async read(result) {
        const response = result as Response;
        return { status: response.status, text: await response.text() };
      },
      onRequest: (listener) => void sdk.interceptors.push(listener),
      // A call that the SDK itself refuses before it sends anything.
      refuse: (guarded) => guarded.send(''),
      close: () => sdk.close(),
    };
  },
  // What the SDK cannot do, each with the reason. The contract leaves out the cases that need it, for example:
  // lacks: { streamAnswer: 'The SDK reads the whole answer.' },
});
