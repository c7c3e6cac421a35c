import type { Element } from 'ltx';
import type { CallOptions } from '../../options/call-options.js';
import type { CallStats } from '../../statistics/call-stats.js';
import { Histogram } from '../../statistics/load/histogram.js';
import type { Organization } from '../organization.js';
import type { Publish } from '../user-states.js';
import { NS_JINGLE } from './session-description.js';
import { type CallState, NS_CALL_MESSAGE, NS_GENESYS, SoftphoneCall } from './softphone-call.js';
import { type Softphone, toBareAddress } from './softphone.js';

/** Time between two looks at the rate of calls, ms. */
const TICK_MS = 50;

export interface CallsHost {
  readonly organization: Organization;
  readonly publish: Publish;
  settings(): Required<CallOptions>;
  /** Time since the start of the simulator, ms. */
  now(): number;
  /** Wall clock of the simulated server, ms. */
  wall(): number;
}

/** The softphones that are signed in, and their calls. */
export class Calls {
  readonly #host: CallsHost;
  /** Softphones without a call. The one that waits longest comes first. */
  readonly #free = new Set<Softphone>();
  readonly #byPhone = new Map<Softphone, SoftphoneCall | undefined>();
  readonly #bySession = new Map<string, SoftphoneCall>();
  /** Rate that a client set, until the options change. */
  #rate: { perSecond: number; over: number } | undefined;
  #dialer: NodeJS.Timeout | undefined;
  #due = 0;
  #counts = createCounts();
  #handshakes = new Histogram();

  constructor(host: CallsHost) {
    this.#host = host;
  }

  /** Adds a softphone; calls go to it from now on. */
  addPhone(phone: Softphone): void {
    this.#byPhone.set(phone, undefined);
    this.#free.add(phone);
    this.#dialer ??= setInterval(() => this.#dial(), TICK_MS);
  }

  removePhone(phone: Softphone): void {
    const call = this.#byPhone.get(phone);
    this.#byPhone.delete(phone);
    this.#free.delete(phone);
    if (call !== undefined) this.#end(call, 'lost');
    if (this.#byPhone.size === 0) this.#stopDialer();
  }

  /** Starts a call to a user, or to the next free softphone. Returns the id of its conversation. */
  startCall(user?: string, direction: 'inbound' | 'outbound' = 'inbound'): string | undefined {
    const address = user === undefined ? undefined : this.#host.organization.getChatAddress(user);
    const phone = this.#takeFreePhone(address);
    if (phone === undefined) {
      this.#counts.unplaced += 1;
      return undefined;
    }
    const { organization, settings, now } = this.#host;
    const { ringMs, autoAnswer, signalling } = settings();
    const conversation = organization.conversations.create({ startTime: this.#wallTime() });
    const ids = {
      conversationId: conversation.id,
      sessionId: organization.newId(),
      participantId: organization.newId(),
    };
    const call = new SoftphoneCall(phone, ids, { direction, signalling, now: now() });
    this.#byPhone.set(phone, call);
    this.#bySession.set(call.sessionId, call);
    this.#counts.proposed += 1;
    this.#counts.peakOpen = Math.max(this.#counts.peakOpen, this.#bySession.size);
    this.#publishState(call);
    call.sendProposal(userIdOf(phone), autoAnswer);
    call.timer = setTimeout(() => this.#end(call, 'missed'), ringMs);
    return conversation.id;
  }

  /** Sets the rate of calls until the options change it again. */
  setRate(perSecond: number): void {
    this.#rate = { perSecond, over: this.#host.settings().perSecond };
  }

  /** Ends the call of a conversation, as the API does for a participant that is disconnected. */
  hangUp(conversationId: string): void {
    for (const call of this.#bySession.values())
      if (call.conversationId === conversationId) return this.#end(call, 'platform');
  }

  /** Handles a message of a softphone: proceed or reject. */
  receiveMessage(phone: Softphone, message: Element): void {
    for (const payload of message.getChildElements()) {
      if (payload.getNS() !== NS_CALL_MESSAGE) continue;
      const call = this.#findCall(phone, payload.attrs.id);
      if (call === undefined) continue;
      if (payload.getName() === 'proceed') this.#proceed(call);
      else if (payload.getName() === 'reject' && call.state === 'ringing') this.#end(call, 'rejected');
    }
  }

  /** Handles an IQ of a softphone. Returns false if it belongs to no call. */
  receiveIq(phone: Softphone, payload: Element): boolean {
    if (payload.getNS() === NS_JINGLE) {
      return this.#act(phone, payload.attrs.sid, String(payload.attrs.action).replace('session-', ''));
    }
    if (payload.getNS() !== NS_GENESYS) return false;
    const { method, params } = parseJson(payload.getText());
    return this.#act(phone, params?.sessionId, method === 'answer' ? 'accept' : String(method));
  }

  stats(): CallStats {
    return {
      ...this.#counts,
      open: this.#bySession.size,
      handshake: {
        count: this.#handshakes.count,
        p50Ms: this.#handshakes.quantile(0.5),
        p95Ms: this.#handshakes.quantile(0.95),
        p99Ms: this.#handshakes.quantile(0.99),
        maxMs: this.#handshakes.max,
      },
    };
  }

  resetStats(): void {
    this.#counts = { ...createCounts(), peakOpen: this.#bySession.size };
    this.#handshakes = new Histogram();
  }

  stop(): void {
    this.#stopDialer();
    for (const call of this.#bySession.values()) clearTimeout(call.timer);
    this.#bySession.clear();
    this.#byPhone.clear();
    this.#free.clear();
  }

  #takeFreePhone(address: string | undefined): Softphone | undefined {
    for (const phone of this.#free) {
      if (address !== undefined && toBareAddress(phone.jid) !== address) continue;
      this.#free.delete(phone);
      return phone;
    }
    return undefined;
  }

  /** Starts the calls that are due by the rate. */
  #dial(): void {
    const settings = this.#host.settings().perSecond;
    if (this.#rate !== undefined && this.#rate.over !== settings) this.#rate = undefined;
    const perSecond = this.#rate?.perSecond ?? settings;
    this.#due = perSecond === 0 ? 0 : this.#due + (perSecond * TICK_MS) / 1000;
    while (this.#due >= 1) {
      this.#due -= 1;
      this.startCall();
    }
  }

  #stopDialer(): void {
    clearInterval(this.#dialer);
    this.#dialer = undefined;
    this.#due = 0;
  }

  #findCall(phone: Softphone, sessionId: unknown): SoftphoneCall | undefined {
    const call = this.#bySession.get(String(sessionId));
    return call?.phone === phone ? call : undefined;
  }

  #proceed(call: SoftphoneCall): void {
    // A client that sees the same proposal twice proceeds twice.
    if (call.state !== 'ringing') return;
    call.state = 'connecting';
    this.#counts.proceeded += 1;
    call.sendOffer();
  }

  #act(phone: Softphone, sessionId: unknown, action: string): boolean {
    const call = this.#findCall(phone, sessionId);
    if (call === undefined) return false;
    if (action === 'accept' && call.state === 'connecting') this.#connect(call);
    else if (action === 'terminate') this.#end(call, 'phone');
    // Candidates, mute and other information change nothing here.
    return true;
  }

  #connect(call: SoftphoneCall): void {
    call.state = 'connected';
    this.#counts.connected += 1;
    this.#handshakes.add(this.#host.now() - call.proposedAt);
    clearTimeout(call.timer);
    call.timer = setTimeout(() => this.#end(call, 'platform'), this.#host.settings().talkMs);
    this.#publishState(call);
  }

  /** Ends a call. `platform`: the platform ends it. `phone`: the softphone ended it. */
  #end(call: SoftphoneCall, why: 'missed' | 'rejected' | 'lost' | 'platform' | 'phone'): void {
    const { state, phone } = call;
    if (state === 'ended') return;
    clearTimeout(call.timer);
    call.state = 'ended';
    this.#bySession.delete(call.sessionId);
    if (why === 'missed' || why === 'platform') {
      if (state === 'ringing') call.sendRetraction();
      else call.sendTermination();
    }
    if (why === 'lost') this.#counts.lost += 1;
    else if (state === 'connected') this.#counts.ended += 1;
    else if (why === 'rejected' || why === 'phone') this.#counts.rejected += 1;
    else this.#counts.missed += 1;
    if (this.#byPhone.has(phone)) {
      this.#byPhone.set(phone, undefined);
      this.#free.add(phone);
    }
    this.#publishState(call);
  }

  /** Writes the state into the conversation, and publishes it under `v2.users.{id}.conversations`. */
  #publishState(call: SoftphoneCall): void {
    const { organization, publish } = this.#host;
    const conversation = organization.conversations.get(call.conversationId);
    if (conversation === undefined) return;
    const userId = userIdOf(call.phone);
    const { sessionId, participantId, direction, state } = call;
    const time = this.#wallTime();
    const participant = {
      id: participantId,
      purpose: 'agent',
      userId,
      ...(state === 'ended' && { endTime: time }),
      calls: [
        {
          id: sessionId,
          state: API_STATES[state],
          direction,
          held: false,
          muted: false,
          ...(state === 'connected' && { connectedTime: time }),
          ...(state === 'ended' && { disconnectedTime: time, disconnectType: 'client' }),
        },
      ],
    };
    organization.conversations.update(conversation, {
      participants: [participant],
      ...(state === 'ended' && { endTime: time }),
    });
    publish(`v2.users.${userId}.conversations`, { id: call.conversationId, participants: [participant] });
  }

  #wallTime(): string {
    return new Date(this.#host.wall()).toISOString();
  }
}

/** States of a call as the API names them. */
const API_STATES: Record<CallState, string> = {
  ringing: 'alerting',
  connecting: 'alerting',
  connected: 'connected',
  ended: 'disconnected',
};

function createCounts(): Omit<CallStats, 'open' | 'handshake'> {
  return {
    proposed: 0,
    unplaced: 0,
    proceeded: 0,
    connected: 0,
    rejected: 0,
    missed: 0,
    ended: 0,
    lost: 0,
    peakOpen: 0,
  };
}

function userIdOf({ jid }: Softphone): string {
  return jid.split('@', 1)[0] ?? '';
}

function parseJson(text: string): { method?: unknown; params?: { sessionId?: unknown } } {
  try {
    return (JSON.parse(text) ?? {}) as { method?: unknown; params?: { sessionId?: unknown } };
  } catch {
    return {};
  }
}
