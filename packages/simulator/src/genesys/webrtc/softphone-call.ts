import { Element } from 'ltx';
import { CHAT_DOMAIN } from '../organization.js';
import type { CallOptions } from '../../options/call-options.js';
import { buildOfferSdp, buildSessionInitiate, buildSessionTerminate } from './session-description.js';
import type { Softphone } from './softphone.js';

/** Namespace of propose, proceed, reject and retract (XEP-0353). */
export const NS_CALL_MESSAGE = 'urn:xmpp:jingle-message:0';
/** Namespace of `genesys-webrtc`, which holds JSON. */
export const NS_GENESYS = 'genesys';
const NS_CLIENT = 'jabber:client';

/** `ringing`: proposed. `connecting`: the softphone wants the call and got the offer. */
export type CallState = 'ringing' | 'connecting' | 'connected' | 'ended';

/** One call to a softphone: what the platform sends, and in which state it is. */
export class SoftphoneCall {
  readonly phone: Softphone;
  readonly conversationId: string;
  readonly sessionId: string;
  readonly participantId: string;
  readonly direction: 'inbound' | 'outbound';
  /** Time of the proposal, ms since the start of the simulator. */
  readonly proposedAt: number;
  /** Address of the gateway. The client recognises a softphone call by `gjoll` in it. */
  readonly gateway: string;
  readonly #signalling: Required<CallOptions>['signalling'];
  state: CallState = 'ringing';
  timer: NodeJS.Timeout | undefined;
  #sent = 0;

  constructor(
    phone: Softphone,
    ids: { conversationId: string; sessionId: string; participantId: string },
    {
      direction,
      signalling,
      now,
    }: { direction: 'inbound' | 'outbound'; signalling: Required<CallOptions>['signalling']; now: number },
  ) {
    this.phone = phone;
    this.conversationId = ids.conversationId;
    this.sessionId = ids.sessionId;
    this.participantId = ids.participantId;
    this.direction = direction;
    this.proposedAt = now;
    this.#signalling = signalling;
    this.gateway = `${ids.sessionId.slice(0, 8)}@gjoll.${CHAT_DOMAIN}/sip`;
  }

  sendProposal(userId: string, autoAnswer: boolean): void {
    const propose = new Element('propose', {
      xmlns: NS_CALL_MESSAGE,
      id: this.sessionId,
      'inin-cid': this.conversationId,
      'inin-user-id': userId,
      'inin-sdp-over-xmpp': String(this.#signalling === 'sdp'),
      'inin-autoanswer': String(autoAnswer),
    });
    propose.c('description', { xmlns: 'urn:xmpp:jingle:apps:rtp:1', media: 'audio' });
    this.#sendMessage(propose);
  }

  sendRetraction(): void {
    this.#sendMessage(new Element('retract', { xmlns: NS_CALL_MESSAGE, id: this.sessionId }));
  }

  sendOffer(): void {
    if (this.#signalling === 'jingle') return this.#sendIq(buildSessionInitiate(this.sessionId, this.gateway));
    const { sessionId, conversationId } = this;
    return this.#sendIq(
      this.#buildGenesysElement('offer', { sessionId, conversationId, sdp: buildOfferSdp(sessionId) }),
    );
  }

  sendTermination(): void {
    if (this.#signalling === 'jingle') return this.#sendIq(buildSessionTerminate(this.sessionId));
    return this.#sendIq(this.#buildGenesysElement('terminate', { sessionId: this.sessionId, reason: 'success' }));
  }

  #buildGenesysElement(method: string, params: object): Element {
    const id = `${this.sessionId}-${method}`;
    const element = new Element('genesys-webrtc', { xmlns: NS_GENESYS });
    return element.t(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  }

  #sendMessage(payload: Element): void {
    const message = new Element('message', { xmlns: NS_CLIENT, from: this.gateway, to: this.phone.jid });
    message.cnode(payload);
    this.phone.sendStanza(message);
  }

  #sendIq(payload: Element): void {
    this.#sent += 1;
    const id = `call-${this.sessionId.slice(0, 8)}-${this.#sent}`;
    const iq = new Element('iq', { xmlns: NS_CLIENT, type: 'set', id, from: this.gateway, to: this.phone.jid });
    iq.cnode(payload);
    this.phone.sendStanza(iq);
  }
}
