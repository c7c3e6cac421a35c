import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { describe, expect, it } from 'vitest';
import { guardStreaming } from './index.js';
import { fakeClient, FakeStanza } from './streaming-client.fixture.js';

describe('disconnect() of a platform that does not answer', () => {
  it('terminates the socket after 2 s', async () => {
    const clock = new VirtualClock();
    const { client } = fakeClient();
    let terminated = 0;
    const socket = Object.assign(new EventTarget(), { readyState: 1, terminate: () => terminated++ });
    const stanza = Object.assign(new FakeStanza(), { transport: { socket } });
    client.connectionManager.getNewStanzaConnection = () => Promise.resolve(stanza);
    guardStreaming(client, { clock, random: seededRandom(1) });
    await client.connect();
    await client.disconnect();
    await clock.advance(1_999);
    expect(terminated).toBe(0);
    await clock.advance(1);
    expect({ terminated, pending: clock.pending }).toEqual({ terminated: 1, pending: 0 });
  });

  it('does not terminate a socket that closes in time', async () => {
    const clock = new VirtualClock();
    const { client } = fakeClient();
    let terminated = 0;
    const socket = Object.assign(new EventTarget(), { readyState: 1, terminate: () => terminated++ });
    client.connectionManager.getNewStanzaConnection = () =>
      Promise.resolve(Object.assign(new FakeStanza(), { transport: { socket } }));
    guardStreaming(client, { clock, random: seededRandom(1) });
    await client.connect();
    await client.disconnect();
    socket.dispatchEvent(new Event('close'));
    expect(clock.pending).toBe(0);
    await clock.run();
    expect(terminated).toBe(0);
  });
});
