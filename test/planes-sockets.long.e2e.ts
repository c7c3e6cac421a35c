// 500 softphones connect at once to a platform that allows 50 upgrades a second, through a gateway of the same limit. Then all of them lose
// their connections at the same moment. Real NGINX, real sockets, and the counts of all three sides.
import { callInfo } from '@holdline/core';
import { nginxConfig, type NginxOptions } from '@holdline/gateway';
import type { Simulator } from '@holdline/simulator';
import { startNginx } from '@holdline/test-servers';
import { guardWebSocket } from '@holdline/websocket';
import { WebSocket } from 'ws';
import { expect, onTestFinished, test } from 'vitest';
import { simulate, times, until } from './support.js';

const PHONES = 500;
const UPGRADES = { limit: 50, windowMs: 1_000 };

const startPlatform = (): Promise<Simulator> =>
  simulate({ sockets: { upgrades: [{ name: 'upgrades', per: 'org', enforcement: 'sliding', ...UPGRADES }] } });

interface Gateway {
  /** Address of the sockets behind the gateway. */
  readonly url: string;
  /** Upgrades by status. NGINX logs an upgrade when its socket has closed. */
  upgrades(): Record<number, number>;
}

async function startGateway({ url: platform }: Simulator, more: Partial<NginxOptions> = {}): Promise<Gateway> {
  const nginx = await startNginx(({ directory, port, modules }) =>
    nginxConfig(
      { governor: { quotas: [] } },
      {
        platform,
        form: 'whole',
        directory,
        stateDirectory: directory,
        modulesDirectory: modules,
        listen: `127.0.0.1:${port}`,
        accessLog: `${directory}/access.log`,
        refusals: 'genesys',
        withoutCredential: 'share',
        sockets: { paths: ['/sockets/:name'], upgrades: UPGRADES },
        ...more,
      },
    ),
  );
  return {
    url: `${nginx.url.replace('http', 'ws')}/sockets/echo`,
    upgrades() {
      const lines = nginx.read('access.log').trimEnd().split('\n').filter(Boolean);
      const counted: Record<number, number> = {};
      for (const { status } of lines.map((line) => JSON.parse(line) as { status: number }))
        counted[status] = (counted[status] ?? 0) + 1;
      return counted;
    },
  };
}

/** A softphone, which connects again when its connection breaks. */
class Softphone {
  opened = 0;
  failed = 0;
  /** Handshakes that it needed, refused ones included. */
  attempts = 0;
  socket!: WebSocket;

  constructor(
    readonly make: () => WebSocket,
    readonly reconnects: boolean,
  ) {
    this.#connect();
  }

  #connect(): void {
    const socket = this.make();
    this.socket = socket;
    let isOpen = false;
    socket.on('error', () => undefined); // The event `close` follows.
    socket.on('open', () => {
      isOpen = true;
      this.opened++;
      this.attempts += callInfo(socket)?.attempts ?? 1;
    });
    socket.on('close', (code) => {
      if (!isOpen) this.failed++;
      else if (code === 1006 && this.reconnects) this.#connect();
    });
  }
}

function startPhones(make: () => WebSocket, reconnects = false): Softphone[] {
  const phones = times(PHONES, () => new Softphone(make, reconnects));
  onTestFinished(() => phones.forEach(({ socket }) => socket.terminate()));
  return phones;
}

const sum = (phones: readonly Softphone[], key: 'opened' | 'failed' | 'attempts'): number =>
  phones.reduce((total, phone) => total + phone[key], 0);

/** Each socket works in both directions. */
async function expectEchoes(phones: readonly Softphone[]): Promise<void> {
  const echoes = await Promise.all(
    phones.map(
      ({ socket }, n) =>
        new Promise<string>((resolve) => {
          socket.once('message', (data) => resolve((data as Buffer).toString('utf8')));
          socket.send(`phone ${n}`);
        }),
    ),
  );
  expect(echoes).toEqual(times(PHONES, (n) => `phone ${n}`));
}

test('bare, without a gateway: the platform refuses most upgrades, and their softphones stay without a connection', async () => {
  const simulator = await startPlatform();
  const phones = startPhones(() => new WebSocket(`${simulator.url.replace('http', 'ws')}/sockets/echo`));
  await until(() => phones.every(({ opened, failed }) => opened + failed === 1), 'each handshake has ended');
  const { upgrades, accepted, refused, rejected, mostAcceptedPerSecond } = simulator.stats().sockets;
  expect({ upgrades, accepted, refused, rejected }).toEqual({
    upgrades: PHONES,
    accepted: sum(phones, 'opened'),
    refused: sum(phones, 'failed'),
    rejected: 0,
  });
  expect(refused).toBeGreaterThan(0);
  expect(mostAcceptedPerSecond).toBeLessThanOrEqual(UPGRADES.limit);
  console.log(`bare: ${accepted} connected, the platform refused ${refused}`);
});

test('bare, behind the gateway: the gateway refuses what the platform would refuse', async () => {
  const simulator = await startPlatform();
  // The platform shares its process with 500 clients. On a busy machine it sees upgrades up to two seconds late, and then many at once.
  const gateway = await startGateway(simulator, { jitterMs: 2_000, maxWaitMs: 5_000 });
  const phones = startPhones(() => new WebSocket(gateway.url));
  await until(() => phones.every(({ opened, failed }) => opened + failed === 1), 'each handshake has ended');
  const opened = sum(phones, 'opened');
  const { upgrades, accepted, refused, open, mostPerSecond } = simulator.stats().sockets;
  expect({ upgrades, accepted, refused, open }).toEqual({
    upgrades: opened,
    accepted: opened,
    refused: 0,
    open: opened,
  });
  expect(mostPerSecond).toBeLessThanOrEqual(UPGRADES.limit);
  for (const { socket } of phones) socket.close(1000);
  await until(() => simulator.stats().sockets.open === 0, 'all sockets are closed');
  const failed = sum(phones, 'failed');
  expect(failed).toBeGreaterThan(0);
  await until(() => (gateway.upgrades()[101] ?? 0) === opened, 'the gateway logs each socket');
  expect(gateway.upgrades()).toEqual({ 101: opened, 429: failed });
  console.log(`bare, behind the gateway: ${opened} connected, the gateway refused ${failed}, the platform none`);
});

test('guarded, behind the gateway: all 500 connect, and again after a cut, at most 50 in any second, and the platform refuses none', async () => {
  const simulator = await startPlatform();
  const gateway = await startGateway(simulator);
  // The gateway spreads upgrades evenly. The line does so too, so that none waits in the gateway: its window ends a second after the answer.
  const quota = { ...UPGRADES, shape: 'smooth', burst: 5, ratePerSec: 41 } as const;
  const Guarded = guardWebSocket(WebSocket, { handshakes: { quotas: [quota] } });
  const phones = startPhones(() => new Guarded(gateway.url), true);
  const counts = () => {
    const { upgrades, accepted, refused, rejected, open, closes } = simulator.stats().sockets;
    return { upgrades, accepted, refused, rejected, open, closes, connected: sum(phones, 'opened') };
  };
  await until(() => simulator.stats().sockets.open === PHONES && sum(phones, 'opened') === PHONES, 'all 500 are open');
  expect(counts()).toEqual({
    upgrades: PHONES,
    accepted: PHONES,
    refused: 0,
    rejected: 0,
    open: PHONES,
    closes: {},
    connected: PHONES,
  });

  // A session that received a message has worked: the next one to its URL is a reconnect, which goes ahead.
  await expectEchoes(phones);

  expect(simulator.closeSockets(1006)).toBe(PHONES);
  await until(() => sum(phones, 'opened') === 2 * PHONES, 'all 500 are open again');
  expect(counts()).toEqual({
    upgrades: 2 * PHONES,
    accepted: 2 * PHONES,
    refused: 0,
    rejected: 0,
    open: PHONES,
    closes: { 1006: PHONES },
    connected: 2 * PHONES,
  });
  expect(simulator.stats().sockets.mostPerSecond).toBeLessThanOrEqual(UPGRADES.limit);
  await expectEchoes(phones);

  for (const { socket } of phones) socket.close(1000);
  await until(() => simulator.stats().sockets.open === 0, 'all sockets are closed');
  expect(simulator.stats().sockets.closes).toEqual({ 1000: PHONES, 1006: PHONES });
  await until(() => (gateway.upgrades()[101] ?? 0) === 2 * PHONES, 'the gateway logs each socket');
  // What the gateway refused, the line tried again: each handshake of the client is in the log of the gateway.
  const { 101: passed = 0, 429: refused = 0, ...others } = gateway.upgrades();
  expect({ passed, others, handshakes: passed + refused }).toEqual({
    passed: 2 * PHONES,
    others: {},
    handshakes: sum(phones, 'attempts'),
  });
  expect(sum(phones, 'failed')).toBe(0);
  console.log(
    `guarded: ${passed} connections, at most ${simulator.stats().sockets.mostPerSecond} in a second, the gateway refused ${refused}, the platform none`,
  );
});
