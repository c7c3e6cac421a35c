import { Agent as HttpAgent } from 'node:http';
import { Readable } from 'node:stream';
import { adapterContract, type AdapterUnderTest } from '@holdline/adapter-kit';
import { Agent as Undici } from 'undici';
import { describe, expect, it } from 'vitest';
import { guardFetch } from './index.js';
import { FETCH_FUNCTIONS } from './server.fixture.js';

type Fetch = typeof fetch;

/** The contract with one fetch function. A wrapper is a function of its own for each connection. */
function fetchUnderTest(name: string, native: Fetch): AdapterUnderTest<Fetch> {
  const isNodeFetch = name.startsWith('node-fetch');
  return {
    name: `guardFetch with ${name}`,
    guard: guardFetch,
    connect({ url }, { maxSockets, authorization }) {
      const undici = name === 'undici' ? new Undici({ connections: maxSockets ?? null }) : undefined;
      const agent = isNodeFetch ? new HttpAgent({ keepAlive: true, ...(maxSockets && { maxSockets }) }) : undefined;
      let watch = (): void => undefined;
      const client: Fetch = (...args) => {
        return native(...args);
      };
      return {
        client,
        call(guarded, { method, baseUrl, path, headers, body, signal }) {
          watch();
          const init = {
            method,
            headers: {
              'Content-Type': 'application/json',
              ...(baseUrl === url && authorization !== undefined && { Authorization: authorization }),
              ...headers,
            },
            body: body instanceof Readable && !isNodeFetch ? Readable.toWeb(body) : body,
            duplex: 'half',
            signal,
            ...(undici && { dispatcher: undici }),
            ...(agent && { agent }),
          };
          return guarded(baseUrl + path, init as RequestInit);
        },
        async read(result) {
          const { status } = result as Response;
          return { status, text: await (result as Response).text() };
        },
        refuse: (guarded) => guarded(url, { method: 'GET', body: 'a GET has no body' }),
        async close() {
          agent?.destroy();
          await undici?.destroy();
        },
      };
    },
    lacks: {},
  };
}

for (const { name, fetch: native } of FETCH_FUNCTIONS)
  adapterContract({ describe, it, expect }, fetchUnderTest(name, native));
