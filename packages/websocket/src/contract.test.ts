import { adapterContract, type AdapterUnderTest } from '@holdline/adapter-kit';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { guardWebSocket } from './index.js';
import { startUpgradeProxy } from './upgrade-proxy.fixture.js';

type Class = typeof WebSocket;

/** Loads a copy of its own of the class. */
function makeClass(): Class {
  return class extends WebSocket {} as Class;
}

/** The contract for the upgrades of a WebSocket class. A call is one upgrade, and ends when its socket is open. */
const WS: AdapterUnderTest<Class> = {
  name: 'guardWebSocket with ws',
  guard: (Native, configOrLine) => guardWebSocket(Native, configOrLine as never),
  async connect({ url }) {
    const proxy = await startUpgradeProxy(url);
    return {
      client: makeClass(),
      call: (Guarded, { path, headers, signal }) =>
        new Promise((resolve, reject) => {
          const socket = new Guarded(proxy.url + path, { headers: { ...headers } });
          socket.on('open', () => resolve(socket));
          socket.on('error', reject);
          signal?.addEventListener('abort', () => socket.close());
        }),
      read: () => ({ status: 101, text: '' }),
      close: () => proxy.close(),
    };
  },
  lacks: {},
};

adapterContract({ describe, it, expect }, WS);
