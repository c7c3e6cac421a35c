import { createHoldline } from '@holdline/core';
import { genesysCloud } from '@holdline/genesys';
import { guardStreaming, handshakesOn } from '@holdline/genesys-streaming';
import type { GenesysSimulator } from '@holdline/simulator';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  defineWindow,
  countMostWithin,
  waitForRequests,
  startStreamingSimulator,
  STREAMING_CLIENTS,
  createStreamingClient,
  until,
  type StreamingClient,
} from './streaming-support.js';

beforeAll(defineWindow);

const LIMIT = { limit: 20, windowMs: 1_000, enforcement: 'bucket', burst: 5 } as const;
const limited = { upgrades: [{ name: 'upgrades', per: 'org', match: 'GET /stream/**', ...LIMIT }] } as const;

const upgradeTimes = (simulator: GenesysSimulator): number[] => simulator.upgrades().map(({ at }) => at);

function manyClients(simulator: GenesysSimulator, n: number, kind = STREAMING_CLIENTS[0]): Promise<StreamingClient[]> {
  return Promise.all(Array.from({ length: n }, (_, i) => createStreamingClient(simulator, `user${i}`, kind)));
}

describe('100 clients that connect at once with 20 upgrades per second allowed', () => {
  it('all connect without a refusal, at different times', { timeout: 180_000 }, async () => {
    const simulator = await startStreamingSimulator({ sockets: { upgrades: [...limited.upgrades] } });
    const line = createHoldline(genesysCloud());
    // The quota is a little below the limit, because evenly sent requests may arrive in bunches.
    handshakesOn(line, { quotas: [{ ...LIMIT, limit: 18, burst: 4 }] });
    const clients = (await manyClients(simulator, 100)).map((client) => guardStreaming(client, line));
    await Promise.all(clients.map((client) => client.connect()));
    expect(clients.every(({ connected }) => connected)).toBe(true);
    expect(simulator.stats().sockets).toMatchObject({ upgrades: 100, accepted: 100, refused: 0, open: 100 });
    // A bucket grants its burst and the refill of the window.
    expect(countMostWithin(upgradeTimes(simulator), 1_000)).toBeLessThanOrEqual(LIMIT.burst + LIMIT.limit);

    // All clients lose their connection at the same time and reconnect.
    await waitForRequests();
    simulator.closeSockets(1006);
    await until(() => simulator.stats().sockets.accepted === 200 && clients.every(({ connected }) => connected));
    expect(simulator.stats().sockets.refused).toBe(0);
    expect(countMostWithin(upgradeTimes(simulator).slice(100), 1_000)).toBeLessThanOrEqual(LIMIT.burst + LIMIT.limit);
  });

  it('control: unguarded clients are refused', { timeout: 180_000 }, async () => {
    const simulator = await startStreamingSimulator({ sockets: { upgrades: [...limited.upgrades] } });
    const clients = await manyClients(simulator, 100);
    for (const client of clients) client.connect({ keepTryingOnFailure: true }).catch(() => undefined);
    await until(() => simulator.stats().sockets.upgrades >= 100);
    // About 75 on an idle machine. A busy machine cannot start all at once.
    expect(simulator.stats().sockets.refused).toBeGreaterThan(0);
  });
});
