import { describe, expect, it } from 'vitest';
import { startGenesys, waitUntil, type Json } from '../../testing/http-client.js';
import { makeStreamingClient, STREAMING_CLIENTS } from '../../testing/streaming-client.js';

describe.each(STREAMING_CLIENTS)('the streaming client %s', (_, module) => {
  it('connects, receives events and disconnects cleanly', async () => {
    const simulator = await startGenesys();
    const { client } = await makeStreamingClient(simulator, module, 'alice');
    await client.connect();
    expect(client.connected).toBe(true);
    const [socket] = simulator.sockets();
    expect(socket).toMatchObject({ protocol: 'xmpp', user: 'alice', route: 'GET /stream/channels/:channelId' });

    const seen: Json[] = [];
    await client.notifications.subscribe('v2.users.alice.presence', (data: Json) => seen.push(data), true);
    expect(simulator.publish('v2.users.alice.presence', { systemPresence: 'Busy' })).toBe(1);
    await waitUntil(() => seen.length === 1);
    expect(seen[0]).toMatchObject({ topicName: 'v2.users.alice.presence', eventBody: { systemPresence: 'Busy' } });

    await client.notifications.bulkSubscribe(['v2.users.bob.presence', 'v2.users.bob.activity'], { replace: true });
    expect(simulator.publish('v2.users.bob.activity', {})).toBe(1);

    await client.disconnect();
    await waitUntil(() => simulator.sockets().length === 0);
    // Both sides close, and either frame may arrive first. A broken connection would be an error.
    expect([1000, 1005]).toContain(simulator.upgrades()[0]?.closeCode);
  });

  it('reconnects to the same channel after the connection broke', async () => {
    const simulator = await startGenesys();
    const { client } = await makeStreamingClient(simulator, module, 'alice');
    await client.connect();
    simulator.closeSockets(1006);
    await waitUntil(() => simulator.stats().sockets.accepted === 2);
    expect(simulator.upgrades().map(({ path }) => path)[1]).toBe(simulator.upgrades()[0]?.path);
    await waitUntil(() => client.connected === true);
  });

  it('gives up with a revoked token, which the upgrade refuses', async () => {
    const simulator = await startGenesys();
    const { client } = await makeStreamingClient(simulator, module, 'alice');
    simulator.revokeTokens();
    await expect(client.connect()).rejects.toBeDefined();
    expect(simulator.stats()).toMatchObject({ unauthorized: 1, sockets: { upgrades: 0 } });
    const { client: other } = await makeStreamingClient(simulator, module, 'bob');
    simulator.script('GET /stream/**', [{ status: 429, headers: { 'retry-after': '1' } }]);
    await expect(other.connect()).rejects.toBeDefined();
    expect(simulator.upgrades()).toMatchObject([{ status: 429, outcome: 'scripted' }]);
  });
});
