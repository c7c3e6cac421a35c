import { parse } from 'ltx';
import { describe, expect, it } from 'vitest';
import type { GenesysSimulator } from '../../simulator.js';
import { requestToken, call, type Json, startGenesys, waitUntil } from '../../testing/http-client.js';
import { openSocket, type TestSocket } from '../../testing/socket-client.js';

const OPEN = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="x" version="1.0"/>';

interface Login {
  readonly token: string;
  readonly jid: string;
  readonly channel: Json;
}

async function signIn(simulator: GenesysSimulator, name: string): Promise<Login> {
  const { json } = await requestToken(simulator, { grant_type: 'authorization_code', code: `user:${name}` });
  const token = String(json.access_token);
  const me = (await call(simulator, 'GET /api/v2/users/me', { token })).json;
  const made = await call(simulator, 'POST /api/v2/notifications/channels?connectionType=streaming', { token });
  return { token, jid: me.chat.jabberId, channel: made.json };
}

/** Sends a text and waits for this number of further answers. */
async function say({ socket, messages }: TestSocket, text: string, answers = 1): Promise<string> {
  const before = messages.length;
  socket.send(text);
  await waitUntil(() => messages.length >= before + answers);
  return messages.slice(before).join('');
}

const auth = (jid: string, password: string): string =>
  `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${Buffer.from(`\0${jid}\0${password}`).toString('base64')}</auth>`;

async function stream(simulator: GenesysSimulator, { token, jid, channel }: Login): Promise<TestSocket> {
  const socket = await openSocket(simulator, channel.connectUri, ['xmpp']);
  expect(await say(socket, OPEN, 2)).toContain('<mechanism>PLAIN</mechanism>');
  expect(await say(socket, auth(jid, `authKey:${token}`))).toContain('<success');
  expect(await say(socket, OPEN, 2)).toContain('<bind');
  const bind =
    '<iq type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>r</resource></bind></iq>';
  expect(await say(socket, bind)).toContain(`<jid>${jid}/r</jid>`);
  return socket;
}

describe('an XMPP stream', () => {
  it('supports sign-in, bind, ping, subscriptions and events', async () => {
    const simulator = await startGenesys();
    const login = await signIn(simulator, 'alice');
    expect(login.channel.connectUri).toContain('/stream/channels/');
    const socket = await stream(simulator, login);
    expect(await say(socket, '<iq type="get" id="p"><ping xmlns="urn:xmpp:ping"/></iq>')).toContain(
      'type="result" id="p"',
    );
    const subscribe = (node: string): string =>
      `<iq type="set" id="s" to="n.host"><pubsub xmlns="http://jabber.org/protocol/pubsub"><subscribe node="${node}"/></pubsub></iq>`;
    expect(await say(socket, subscribe('v2.users.a.presence'))).toContain('from="n.host"');
    const before = socket.messages.length;
    expect(simulator.publish('v2.users.a.presence', { text: '<&"' })).toBe(1);
    await waitUntil(() => socket.messages.length > before);
    const message = parse(socket.messages.at(-1) ?? '');
    expect(message.getChild('event')?.getChild('items')?.attrs.node).toBe('v2.users.a.presence');
    const json = message.getChild('event')?.getChild('items')?.getChild('item')?.getChildText('json') ?? '';
    expect(JSON.parse(json)).toMatchObject({ topicName: 'v2.users.a.presence', eventBody: { text: '<&"' } });
    expect(await say(socket, '<iq type="get" id="x"><what xmlns="is:this"/></iq>')).toContain('service-unavailable');
    expect(await say(socket, '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>')).toContain('<close');
    expect((await socket.closed).code).toBe(1000);
    await waitUntil(() => simulator.sockets().length === 0);
    expect(simulator.upgrades()[0]).toMatchObject({ user: 'alice', protocol: 'xmpp', closeCode: 1000 });
  });

  it('refuses a sign-in without a token of the named user', async () => {
    const simulator = await startGenesys();
    const [alice, bob] = [await signIn(simulator, 'alice'), await signIn(simulator, 'bob')];
    for (const [jid, password] of [
      [alice.jid, 'authKey:wrong'],
      [alice.jid, alice.token],
      [alice.jid, `authKey:${bob.token}`],
    ] as const) {
      const socket = await openSocket(simulator, alice.channel.connectUri, ['xmpp']);
      await say(socket, OPEN, 2);
      expect(await say(socket, auth(jid, password))).toContain('<not-authorized/>');
      await socket.closed;
    }
    simulator.revokeTokens();
    const late = await openSocket(simulator, alice.channel.connectUri, ['xmpp']);
    await say(late, OPEN, 2);
    expect(await say(late, auth(alice.jid, `authKey:${alice.token}`))).toContain('<failure');
  });

  it('requires the subprotocol, an existing channel and XML', async () => {
    const simulator = await startGenesys();
    const { channel } = await signIn(simulator, 'alice');
    await expect(openSocket(simulator, channel.connectUri)).rejects.toMatchObject({ status: 400 });
    await expect(openSocket(simulator, '/stream/channels/none', ['xmpp'])).rejects.toMatchObject({ status: 404 });
    const socket = await openSocket(simulator, channel.connectUri, ['xmpp']);
    expect(await say(socket, '<open')).toContain('<not-well-formed');
    expect((await socket.closed).code).toBe(1008);
    const eager = await openSocket(simulator, channel.connectUri, ['xmpp']);
    expect(await say(eager, '<iq type="get" id="1"/>')).toContain('<not-authorized');
  });

  it('accepts a JWT that names the user', async () => {
    const simulator = await startGenesys();
    const claims = Buffer.from(JSON.stringify({ data: { jid: 'guest@conference.x' } })).toString('base64url');
    const socket = await openSocket(simulator, `/stream/jwt/h.${claims}.s`, ['xmpp']);
    expect(await say(socket, OPEN, 2)).toContain('<mechanism>ANONYMOUS</mechanism>');
    const anonymous = '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="ANONYMOUS"/>';
    expect(await say(socket, anonymous)).toContain('<success');
    await expect(openSocket(simulator, '/stream/jwt/nonsense', ['xmpp'])).rejects.toMatchObject({ status: 401 });
  });

  it('sends pings after the client asks for them', async () => {
    const simulator = await startGenesys({ notifications: { heartbeatMs: 30 } });
    const socket = await stream(simulator, await signIn(simulator, 'alice'));
    const ask =
      '<iq type="set" id="s"><pubsub xmlns="http://jabber.org/protocol/pubsub"><subscribe node="enable.server.side.pings"/></pubsub></iq>';
    await say(socket, ask, 3);
    expect(socket.messages.at(-1)).toContain('urn:xmpp:ping');
    expect(simulator.channels()[0]?.topics).toEqual([]);
  });

  it('is told that its channel was evicted', async () => {
    const simulator = await startGenesys({ notifications: { channelsPerUser: 1 } });
    const login = await signIn(simulator, 'alice');
    const socket = await stream(simulator, login);
    await call(simulator, 'POST /api/v2/notifications/channels', { token: login.token });
    expect((await socket.closed).code).toBe(1001);
    expect(socket.messages.join('')).toContain('no_longer_subscribed');
  });

  it("replaces the user's earlier session or is refused, by option", async () => {
    const simulator = await startGenesys({ sockets: { sessionsPerUser: 'replace' } });
    const [first, second, bob] = [
      await signIn(simulator, 'alice'),
      await signIn(simulator, 'alice#again'),
      await signIn(simulator, 'bob'),
    ];
    const old = await stream(simulator, first);
    await stream(simulator, bob);
    await stream(simulator, second);
    expect(await old.closed).toEqual({ code: 1008, reason: 'conflict' });
    expect(old.messages.join('')).toContain('<conflict');
    simulator.set({ sockets: { sessionsPerUser: 'refuse' } });
    await expect(openSocket(simulator, first.channel.connectUri, ['xmpp'])).rejects.toMatchObject({ status: 409 });
    expect(simulator.upgrades().at(-1)).toMatchObject({ outcome: 'conflict', user: 'alice' });
    simulator.closeSockets(1006, { user: 'alice' });
    await waitUntil(() => simulator.sockets().length === 1);
    await openSocket(simulator, first.channel.connectUri, ['xmpp']);
  });
});
