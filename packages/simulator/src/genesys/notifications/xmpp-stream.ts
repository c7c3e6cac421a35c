import { Element, parse } from 'ltx';
import type { Connection } from '../../sockets/connection.js';
import { CHAT_DOMAIN } from '../organization.js';
import type { Calls } from '../webrtc/calls.js';
import type { Softphone } from '../webrtc/softphone.js';
import { type Channel, type ChannelEvent, type ChannelSocket, buildEvent } from './channel.js';
import type { Channels } from './channels.js';

const NS = {
  client: 'jabber:client',
  framing: 'urn:ietf:params:xml:ns:xmpp-framing',
  streams: 'http://etherx.jabber.org/streams',
  streamErrors: 'urn:ietf:params:xml:ns:xmpp-streams',
  stanzaErrors: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  sasl: 'urn:ietf:params:xml:ns:xmpp-sasl',
  bind: 'urn:ietf:params:xml:ns:xmpp-bind',
  session: 'urn:ietf:params:xml:ns:xmpp-session',
  ping: 'urn:xmpp:ping',
  transfer: 'urn:xmpp:cxfr',
  pubsub: 'http://jabber.org/protocol/pubsub',
  pubsubEvent: 'http://jabber.org/protocol/pubsub#event',
  json: 'urn:xmpp:json:0',
  disco: 'http://jabber.org/protocol/disco#info',
} as const;

/** A client subscribes to this node to get pings from the server instead of sending its own. */
const SERVER_PINGS = 'enable.server.side.pings';

export interface XmppStreamHost {
  readonly channels: Channels;
  readonly calls: Calls;
  /** The address of the user whose access token is this password; undefined for an invalid or expired token. */
  findAddress(password: string): string | undefined;
  newId(): string;
  heartbeatMs(): number;
}

/** The user of a stream: given by the channel in the address, or by a JWT, which needs no password. */
export type StreamIdentity = { readonly channel: Channel } | { readonly address: string };

/**
 * One XMPP stream over a WebSocket (RFC 7395) with the parts that the streaming client uses: sign in, bind, ping,
 * events, calls.
 */
export class XmppStream implements ChannelSocket, Softphone {
  readonly #connection: Connection;
  readonly #identity: StreamIdentity;
  readonly #host: XmppStreamHost;
  #address: string | undefined;
  #jid = '';
  #pubsubHost = `notifications.${CHAT_DOMAIN}`;
  #pings = 0;

  constructor(connection: Connection, identity: StreamIdentity, host: XmppStreamHost) {
    this.#connection = connection;
    this.#identity = identity;
    this.#host = host;
    connection.onMessage((text) => this.#receiveText(text));
    if ('channel' in identity) connection.onEnd(host.channels.attachSocket(identity.channel, this));
  }

  get jid(): string {
    return this.#jid;
  }

  sendStanza(stanza: Element): void {
    this.#send(stanza.toString());
  }

  deliver(event: ChannelEvent): void {
    this.#sendEvent(event.topic, buildEvent(event));
  }

  end(reason: string): void {
    if ('channel' in this.#identity) {
      this.#sendEvent('no_longer_subscribed', { channelId: this.#identity.channel.id, reason });
    }
    this.#closeStream(1001, `channel ${reason}`);
  }

  /** Streams announce a close with XEP-0051; plain sockets use the topic `v2.system.socket_closing`. */
  announceClosing(): void {
    const iq = new Element('iq', { xmlns: NS.client, type: 'set', id: this.#host.newId(), to: this.#jid });
    iq.c('query', { xmlns: NS.transfer });
    this.#send(iq.toString());
  }

  close(): void {
    this.#closeStream(1001, 'maintenance');
  }

  /** Ends this stream because another session of the user replaces it. */
  replaceSession(): void {
    this.#failStream('conflict');
  }

  #receiveText(text: string): void {
    let element: Element;
    try {
      element = parse(text);
    } catch {
      this.#failStream('not-well-formed');
      return;
    }
    switch (element.getName()) {
      case 'open':
        return this.#sendFeatures();
      case 'close':
        return this.#closeStream(1000, '');
      case 'auth':
        return this.#authenticate(element);
      case 'iq':
        if (this.#address === undefined) return this.#failStream('not-authorized');
        return this.#answerIq(element);
      case 'message':
        if (this.#jid !== '') this.#host.calls.receiveMessage(this, element);
        return undefined;
      default:
        // Presence is accepted without effect.
        return undefined;
    }
  }

  #sendFeatures(): void {
    this.#send(
      new Element('open', { xmlns: NS.framing, from: CHAT_DOMAIN, id: this.#host.newId(), version: '1.0' }).toString(),
    );
    const features = new Element('stream:features', { 'xmlns:stream': NS.streams });
    if (this.#address === undefined) {
      const mechanism = 'channel' in this.#identity ? 'PLAIN' : 'ANONYMOUS';
      features.c('mechanisms', { xmlns: NS.sasl }).c('mechanism').t(mechanism);
    } else {
      features.c('bind', { xmlns: NS.bind });
      features.c('session', { xmlns: NS.session }).c('optional');
    }
    this.#send(features.toString());
  }

  #authenticate(auth: Element): void {
    this.#address = this.#resolveAddress(auth);
    if (this.#address !== undefined) return this.#send(new Element('success', { xmlns: NS.sasl }).toString());
    const failure = new Element('failure', { xmlns: NS.sasl });
    failure.c('not-authorized');
    this.#send(failure.toString());
    return this.#closeStream(1000, '');
  }

  /**
   * Resolves the address of the user: from the JWT, or from a PLAIN password that is an access token of the named user.
   */
  #resolveAddress(auth: Element): string | undefined {
    if ('address' in this.#identity) return auth.attrs.mechanism === 'ANONYMOUS' ? this.#identity.address : undefined;
    if (auth.attrs.mechanism !== 'PLAIN') return undefined;
    const [, user = '', password = ''] = Buffer.from(auth.getText(), 'base64').toString('utf8').split('\0');
    const address = this.#host.findAddress(password);
    return address !== undefined && user.split('/')[0] === address ? address : undefined;
  }

  #answerIq(iq: Element): void {
    if (iq.attrs.type !== 'get' && iq.attrs.type !== 'set') return;
    const [payload] = iq.getChildElements();
    const result = payload === undefined ? undefined : this.#handleIq(payload, iq);
    const answer = new Element('iq', {
      xmlns: NS.client,
      type: result === undefined ? 'error' : 'result',
      id: iq.attrs.id,
      ...(iq.attrs.to !== undefined && { from: iq.attrs.to }),
      ...(this.#jid !== '' && { to: this.#jid }),
    });
    if (result === undefined) {
      answer.c('error', { type: 'cancel' }).c('service-unavailable', { xmlns: NS.stanzaErrors });
    } else if (result !== 'done') answer.cnode(result);
    this.#send(answer.toString());
  }

  /** Executes an IQ; returns undefined for an unknown one. */
  #handleIq(payload: Element, iq: Element): Element | 'done' | undefined {
    const namespace = payload.getNS() ?? '';
    if (namespace === NS.bind) return this.#bindResource(payload);
    if (namespace === NS.session || namespace === NS.ping) return 'done';
    if (namespace === NS.pubsub) return this.#handleSubscription(payload, iq);
    if (this.#jid !== '' && this.#host.calls.receiveIq(this, payload)) return 'done';
    if (namespace === NS.disco) return new Element('query', { xmlns: NS.disco });
    if (/^urn:xmpp:extdisco:\d$/.test(namespace)) return buildServices(namespace, payload.attrs.type);
    return undefined;
  }

  #bindResource(payload: Element): Element {
    const resource = payload.getChildText('resource') ?? this.#host.newId();
    const isFirst = this.#jid === '';
    this.#jid = `${this.#address ?? ''}/${resource}`;
    const bound = new Element('bind', { xmlns: NS.bind });
    bound.c('jid').t(this.#jid);
    if (isFirst) {
      this.#host.calls.addPhone(this);
      this.#connection.onEnd(() => this.#host.calls.removePhone(this));
    }
    return bound;
  }

  #handleSubscription(payload: Element, iq: Element): Element | undefined {
    const [request] = payload.getChildElements();
    const node = String(request?.attrs.node ?? '');
    const isNew = request?.getName() === 'subscribe';
    if (request === undefined || (!isNew && request.getName() !== 'unsubscribe')) return undefined;
    this.#pubsubHost = String(iq.attrs.to ?? this.#pubsubHost);
    if (node === SERVER_PINGS) {
      if (isNew) this.#connection.repeat(this.#host.heartbeatMs(), () => this.#sendPing());
    } else if ('channel' in this.#identity) {
      const { channel } = this.#identity;
      const others = channel.topics.filter((topic) => topic !== node);
      if (!this.#host.channels.setTopics(channel, isNew ? [...others, node] : others)) return undefined;
    }
    const answer = new Element('pubsub', { xmlns: NS.pubsub });
    answer.c('subscription', { node, jid: this.#jid, subscription: isNew ? 'subscribed' : 'none' });
    return answer;
  }

  #sendPing(): void {
    this.#pings += 1;
    const iq = new Element('iq', {
      xmlns: NS.client,
      type: 'get',
      id: `ping-${this.#pings}`,
      from: CHAT_DOMAIN,
      to: this.#jid,
    });
    iq.c('ping', { xmlns: NS.ping });
    this.#send(iq.toString());
  }

  #sendEvent(node: string, json: unknown): void {
    const message = new Element('message', { xmlns: NS.client, from: this.#pubsubHost, to: this.#jid });
    message
      .c('event', { xmlns: NS.pubsubEvent })
      .c('items', { node })
      .c('item', { id: this.#host.newId() })
      .c('json', { xmlns: NS.json })
      .t(JSON.stringify(json));
    this.#send(message.toString());
  }

  #failStream(condition: string): void {
    const error = new Element('stream:error', { 'xmlns:stream': NS.streams });
    error.c(condition, { xmlns: NS.streamErrors });
    this.#send(error.toString());
    this.#closeStream(1008, condition);
  }

  #closeStream(code: number, reason: string): void {
    this.#send(new Element('close', { xmlns: NS.framing }).toString());
    this.#connection.close(code, reason);
  }

  #send(text: string): void {
    this.#connection.send(text);
  }
}

/** Builds one made-up server of each kind. A client that gets no server asks again. */
function buildServices(xmlns: string, type: unknown): Element {
  const list = new Element('services', { xmlns, type: String(type) });
  const secret = type === 'turn' ? { username: 'simulated', password: 'simulated' } : {};
  list.c('service', { type: String(type), host: '127.0.0.1', port: '3478', transport: 'udp', ...secret });
  return list;
}
