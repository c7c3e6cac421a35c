import { adapterContract, recordContract, type AdapterUnderTest, type ContractServer } from '@holdline/adapter-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { guardWebSocket } from './index.js';
import { startUpgradeProxy, type UpgradeProxy } from './upgrade-proxy.fixture.js';

type Class = typeof WebSocket;

/** One proxy for each server, because an origin has one address. */
const proxies = new Map<ContractServer, Promise<UpgradeProxy>>();
afterAll(async () => {
  for (const proxy of proxies.values()) await (await proxy).close();
});

function proxyOf(server: ContractServer): Promise<UpgradeProxy> {
  const proxy = proxies.get(server) ?? startUpgradeProxy(server.url);
  proxies.set(server, proxy);
  return proxy;
}

/**
 * The contract for the handshakes of `ws`. A call is one upgrade, and ends when its socket is open. A caller aborts it by `close()`.
 */
const WS: AdapterUnderTest<Class> = {
  name: 'guardWebSocket with ws',
  guard: (Native, configOrLine) => guardWebSocket(Native, configOrLine as never),
  async connect(server, { authorization }) {
    const proxy = await proxyOf(server);
    return {
      // A class of its own, as another copy of the package has.
      client: class extends WebSocket {} as Class,
      async call(Guarded, { path, headers, signal }) {
        signal?.throwIfAborted();
        const all = { ...(authorization !== undefined && { Authorization: authorization }), ...headers };
        const socket = new Guarded(proxy.url + path, { headers: all });
        const close = (): void => socket.close();
        signal?.addEventListener('abort', close);
        await new Promise((resolve, reject) => {
          socket.on('open', resolve);
          socket.on('error', reject);
        });
        signal?.removeEventListener('abort', close);
        socket.terminate();
        return socket;
      },
      read: () => ({ status: 101, text: '' }),
    };
  },
  lacks: {
    absoluteUrl: 'a class has no address',
    streamAnswer: 'an upgrade has no body',
  },
};

// The secret scan of the tests keeps each error until its test ends, and the stack trace of an error keeps its socket.
const { stackTraceLimit } = Error;
beforeAll(() => void (Error.stackTraceLimit = 0));
afterAll(() => void (Error.stackTraceLimit = stackTraceLimit));

// Most other parts are about bodies, tokens and answers of HTTP. A handshake has none of them, and its refusals count by host.
const PARTS = ['cancellation', 'lifecycle'] as const;
adapterContract({ describe, it, expect }, WS, PARTS);

it('is recorded', () => recordContract(new URL('../contract.json', import.meta.url), [WS], PARTS));
