import { Agent as HttpAgent } from 'node:http';
import { Readable } from 'node:stream';
import { adapterContract, recordContract, type AdapterUnderTest } from '@holdline/adapter-kit';
import { Agent } from 'undici';
import { describe, expect, it } from 'vitest';
import { guardFetch } from './index.js';
import { FETCH_FUNCTIONS } from './server.fixture.js';

type Fetch = typeof fetch;

/** The contract with one fetch function. Its second copy is another implementation. */
function fetchUnderTest(name: string, own: Fetch): AdapterUnderTest<Fetch> {
  const isNodeFetch = name.startsWith('node-fetch');
  const other = FETCH_FUNCTIONS.find((one) => one.name !== name && !one.name.includes('global'))!;
  return {
    name: `guardFetch with ${name}`,
    guard: guardFetch,
    connect({ url }, { maxSockets, copy, authorization }) {
      const { fetch: native, name: ownName } = copy ? other : { fetch: own, name };
      const usesAgent = ownName.startsWith('node-fetch');
      const dispatcher = usesAgent ? undefined : new Agent({ connections: maxSockets ?? null });
      const agent = usesAgent ? new HttpAgent({ keepAlive: true, ...(maxSockets && { maxSockets }) }) : undefined;
      return {
        client: native,
        call: (guarded, { method, baseUrl, path, headers, body, signal }) =>
          guarded(baseUrl + path, {
            method,
            headers: {
              'Content-Type': 'application/json',
              ...(authorization !== undefined && { Authorization: authorization }),
              ...headers,
            },
            body: body instanceof Readable && !usesAgent ? Readable.toWeb(body) : body,
            duplex: 'half',
            signal,
            ...(agent ? { agent } : { dispatcher }),
          } as object),
        async read(result) {
          const { status } = result as Response;
          return { status, text: await (result as Response).text() };
        },
        refuse: (guarded) => guarded(url, { body: 'a GET has no body' }),
        async close() {
          agent?.destroy();
          await dispatcher?.destroy();
        },
      };
    },
    lacks: {
      interceptor: 'a function has no interceptors',
      ownOrigin: 'a function has no base address',
      clientCredential: 'a function has no credential of its own',
      ...(isNodeFetch && { keptAnswers: 'a copy of a node-fetch response ends only if both are read' }),
    },
  };
}

const ADAPTERS = FETCH_FUNCTIONS.map(({ name, fetch: native }) => fetchUnderTest(name, native));
for (const adapter of ADAPTERS) adapterContract({ describe, it, expect }, adapter);

it('is recorded', () => recordContract(new URL('../contract.json', import.meta.url), ADAPTERS));
