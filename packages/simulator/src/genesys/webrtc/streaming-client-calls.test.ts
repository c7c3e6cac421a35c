import { beforeAll, describe, expect, it } from 'vitest';
import type { GenesysSimulator } from '../../simulator.js';
import { call, type Json, login, startGenesys, waitUntil } from '../../testing/http-client.js';
import { makeStreamingClient, STREAMING_CLIENTS } from '../../testing/streaming-client.js';

/**
 * Calls to the vendor's real streaming client in Node. Only the peer connection is a stub, because Node has none: it
 * accepts any offer and answers with a valid description. test/webrtc-calls.e2e.ts has a real one in Chromium.
 */

/** The part of a peer connection that a softphone uses. */
class PeerConnectionStub extends EventTarget {
  remoteDescription: Json = null;
  localDescription: Json = null;
  signalingState = 'stable';
  iceConnectionState = 'new';
  iceGatheringState = 'complete';
  connectionState = 'new';
  setRemoteDescription(description: Json): Promise<void> {
    this.remoteDescription = description;
    this.signalingState = 'have-remote-offer';
    return Promise.resolve();
  }
  setLocalDescription(description: Json): Promise<void> {
    this.localDescription = description;
    this.signalingState = 'stable';
    return Promise.resolve();
  }
  createAnswer(): Promise<Json> {
    const sdp = String(this.remoteDescription?.sdp ?? '').replace('a=setup:actpass', 'a=setup:active');
    return Promise.resolve({ type: 'answer', sdp });
  }
  addIceCandidate = (): Promise<void> => Promise.resolve();
  getStats = (): Promise<Map<string, unknown>> => Promise.resolve(new Map());
  getTransceivers = (): Json[] => [];
  getSenders = (): Json[] => [];
  getReceivers = (): Json[] => [];
  close = (): undefined => undefined;
}

beforeAll(() => {
  const target = globalThis as Json;
  target.RTCPeerConnection = target.window.RTCPeerConnection = PeerConnectionStub;
});

interface Phone {
  client: Json;
  /** Names of what happened to the softphone, in order. */
  events: string[];
  sessions: Json[];
  conversations: Json[];
  userId: string;
}

/** Signs a softphone in. It accepts calls, unless `accepts` is false. */
async function signIn(simulator: GenesysSimulator, module: Json, user: string, accepts = true): Promise<Phone> {
  const { client, token } = await makeStreamingClient(simulator, module, user);
  const phone: Phone = { client, events: [], sessions: [], conversations: [], userId: '' };
  const rtc = client.webrtcSessions;
  rtc.on('requestIncomingRtcSession', (info: Json) => {
    phone.events.push(`propose ${info.sessionType} ${info.autoAnswer}`);
    if (accepts) void rtc.acceptRtcSession(info.sessionId);
    else void rtc.rejectRtcSession(info.sessionId);
  });
  rtc.on('cancelIncomingRtcSession', () => phone.events.push('retract'));
  rtc.on('incomingRtcSession', (session: Json) => {
    phone.events.push('offer');
    phone.sessions.push(session);
    session.on('terminated', () => phone.events.push('terminated'));
    void session.accept();
  });
  await client.connect();
  // The XMPP library takes the class of its platform, and finds none in Node.
  const { jingle } = client.activeStanzaInstance;
  jingle.config.hasRTCPeerConnection = true;
  jingle.createPeerConnection = () => new PeerConnectionStub();
  const me = await call(simulator, 'GET /api/v2/users/me', { token });
  phone.userId = String(me.json.id);
  await client.notifications.subscribe(`v2.users.${phone.userId}.conversations`, ({ eventBody }: Json) =>
    phone.conversations.push(eventBody),
  );
  return phone;
}

const statesOf = ({ conversations }: Phone): string[] =>
  conversations.map(({ participants }) => participants[0].calls[0].state as string);

describe.each(STREAMING_CLIENTS)('softphone calls with the streaming client %s', (_, module) => {
  it.each(['jingle', 'sdp'] as const)(
    'are proposed, accepted, connected and ended by the platform (%s)',
    async (signalling) => {
      const simulator = await startGenesys({ calls: { signalling, talkMs: 150, autoAnswer: true } });
      const phone = await signIn(simulator, module, `alice-${signalling}`);
      const id = simulator.startCall(`alice-${signalling}`);
      await waitUntil(() => simulator.calls().ended === 1);
      await waitUntil(() => phone.events.includes('terminated') && phone.conversations.length === 3);
      expect(phone.events).toEqual(['propose softphone true', 'offer', 'terminated']);
      expect(statesOf(phone)).toEqual(['alerting', 'connected', 'disconnected']);
      expect(phone.conversations.every((one) => one.id === id)).toBe(true);
      expect(simulator.calls()).toMatchObject({
        proposed: 1,
        proceeded: 1,
        connected: 1,
        ended: 1,
        missed: 0,
        rejected: 0,
        lost: 0,
        open: 0,
        peakOpen: 1,
        handshake: { count: 1 },
      });
      expect(simulator.calls().handshake.maxMs).toBeGreaterThan(0);
      expect(simulator.report().calls?.connected).toBe(1);
    },
  );

  it.each(['jingle', 'sdp'] as const)('are ended by the softphone (%s)', async (signalling) => {
    const simulator = await startGenesys({ calls: { signalling } });
    const phone = await signIn(simulator, module, 'bob');
    simulator.startCall();
    await waitUntil(() => simulator.calls().connected === 1);
    await phone.sessions[0].end();
    await waitUntil(() => simulator.calls().ended === 1);
    expect(simulator.calls()).toMatchObject({ open: 0, rejected: 0 });
  });

  it('are rejected, withdrawn when nobody answers, and lost with the stream', async () => {
    const simulator = await startGenesys({ calls: { ringMs: 100 } });
    const token = await login(simulator);
    const busy = await signIn(simulator, module, 'carol', false);
    simulator.startCall('carol');
    await waitUntil(() => simulator.calls().rejected === 1);
    busy.client.webrtcSessions.removeAllListeners('requestIncomingRtcSession');
    const id = simulator.startCall('carol');
    expect(simulator.startCall('carol')).toBeUndefined();
    await waitUntil(() => busy.events.includes('retract'));
    expect(simulator.calls()).toMatchObject({ proposed: 2, missed: 1, unplaced: 1, open: 0 });
    const conversation = await call(simulator, `GET /api/v2/conversations/${id}`, { token });
    expect(conversation.json.participants[0].calls[0].state).toBe('disconnected');

    simulator.set({ calls: { ringMs: 60_000 } });
    simulator.startCall('carol');
    await busy.client.disconnect();
    await waitUntil(() => simulator.calls().lost === 1);
  });

  it('are ended through the API, and started by the routes of the platform and of the simulator', async () => {
    const simulator = await startGenesys();
    const phone = await signIn(simulator, module, 'dora');
    const token = phone.client.config.authToken as string;
    const made = await call(simulator, 'POST /api/v2/conversations/calls', { token, body: { phoneNumber: '+1' } });
    expect(made.json.selfUri).toBe(`/api/v2/conversations/calls/${made.json.id}`);
    await waitUntil(() => simulator.calls().connected === 1);
    const participant = phone.conversations[0].participants[0];
    expect(participant.calls[0].direction).toBe('outbound');
    const path = `PATCH /api/v2/conversations/calls/${made.json.id}/participants/${participant.id}`;
    await call(simulator, path, { token, body: { state: 'disconnected' } });
    await waitUntil(() => phone.events.includes('terminated'));
    expect(simulator.calls().ended).toBe(1);

    const started = await call(simulator, 'POST /simulator/calls', { body: { count: 2 } });
    expect(started.json).toMatchObject({ conversations: [expect.any(String)], proposed: 2, unplaced: 1 });
    for (const body of [{ count: -1 }, { perSecond: 'many' }, { user: 7 }])
      expect((await call(simulator, 'POST /simulator/calls', { body })).status).toBe(400);
  });

  it('start at a rate, in turn over all softphones', async () => {
    const simulator = await startGenesys({ calls: { talkMs: 1 } });
    const phones = [await signIn(simulator, module, 'eve'), await signIn(simulator, module, 'fay')];
    const set = await call(simulator, 'POST /simulator/calls', { body: { perSecond: 40 } });
    expect(set.status).toBe(200);
    await waitUntil(() => phones.every(({ events }) => events.filter((one) => one === 'offer').length >= 3));
    await call(simulator, 'POST /simulator/calls', { body: { perSecond: 0 } });
    await waitUntil(() => simulator.calls().open === 0);
    const { proposed, connected, ended } = (await call(simulator, 'GET /simulator/calls')).json;
    expect([connected, ended]).toEqual([proposed, proposed]);
  });
});
