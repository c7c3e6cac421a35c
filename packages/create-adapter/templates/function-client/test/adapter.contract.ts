// How the contract makes and calls clients. The tests call `adapter` with the sources, and `npx holdline adapter-check` with the build.
import type { AdapterUnderTest } from '@holdline/adapter-kit';
import type * as sources from '../src/index.js';
import { ExampleClient, type ExampleResponse } from './example-client.js';

// A second copy of the client's package has a class of its own.
class ExampleClientCopy extends ExampleClient {}

// CHANGE 6: replace the example client by $theClient$. Each member says what the contract needs.
export const adapter = (built: typeof sources): AdapterUnderTest<ExampleClient> => ({
  name: '$guard$',
  guard: built.$guard$,
  // A new client that sends to `url` with the given limit of connections and the given Authorization header.
  connect({ url }, { maxSockets, copy, authorization }) {
    const client = new (copy ? ExampleClientCopy : ExampleClient)(url, {
      ...(maxSockets !== undefined && { maxSockets }),
      headers: authorization === undefined ? {} : { authorization },
    });
    return {
      client,
      // One call, as a user makes it.
      call: (guarded, { method, baseUrl, path, headers, body, signal }) =>
        guarded.request({
          method,
          url: baseUrl + path,
          headers: { 'content-type': 'application/json', ...headers },
          body,
          signal,
        }),
      // Status and text of what `call` resolves with.
      async read(result) {
        const response = result as ExampleResponse;
        return { status: response.status, text: await response.text() };
      },
      onRequest: (listener) => void client.interceptors.push(listener),
      // A call that the client itself refuses before it sends anything.
      refuse: (guarded) => guarded.request({ method: 'not a method', url: '/' }),
      close: () => client.close(),
    };
  },
  // What the client cannot do, each with the reason. The contract leaves out the cases that need it.
  lacks: {
    copyAnswer: 'An answer is a stream, which only one caller can read.',
    keptAnswers: 'An answer is a stream, which the adapter does not read.',
    variants: 'The adapter makes no reads for the line itself.',
  },
});
