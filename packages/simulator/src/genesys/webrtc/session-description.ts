import { createHash } from 'node:crypto';
import { Element } from 'ltx';

export const NS_JINGLE = 'urn:xmpp:jingle:1';
const NS_RTP = 'urn:xmpp:jingle:apps:rtp:1';
const NS_ICE = 'urn:xmpp:jingle:transports:ice-udp:1';
const NS_DTLS = 'urn:xmpp:jingle:apps:dtls:0';
const NS_GROUPING = 'urn:xmpp:jingle:apps:grouping:0';

/** Candidate of a port on which nothing listens: the handshake is complete, but no media flows. */
const CANDIDATE = { foundation: '1', component: '1', priority: '2130706431', ip: '127.0.0.1', port: '9' };

/** The parts of an offer that differ between sessions, derived from the id of the session. */
interface Secrets {
  readonly ufrag: string;
  readonly pwd: string;
  readonly fingerprint: string;
}

function deriveSecrets(sessionId: string): Secrets {
  const digest = createHash('sha256').update(sessionId).digest('hex');
  return {
    ufrag: digest.slice(0, 8),
    pwd: digest.slice(8, 40),
    fingerprint: (digest.toUpperCase().match(/../g) ?? []).join(':'),
  };
}

/** Builds an audio offer as SDP. */
export function buildOfferSdp(sessionId: string): string {
  const { ufrag, pwd, fingerprint } = deriveSecrets(sessionId);
  const { foundation, component, priority, ip, port } = CANDIDATE;
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE audio',
    'a=msid-semantic: WMS *',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 0',
    'c=IN IP4 0.0.0.0',
    'a=mid:audio',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=rtpmap:0 PCMU/8000',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    'a=setup:actpass',
    `a=candidate:${foundation} ${component} udp ${priority} ${ip} ${port} typ host generation 0`,
    'a=end-of-candidates',
    '',
  ].join('\r\n');
}

/** Builds the same offer as the content of a `session-initiate` (XEP-0166, 0167, 0176, 0320). */
export function buildSessionInitiate(sessionId: string, initiator: string): Element {
  const { ufrag, pwd, fingerprint } = deriveSecrets(sessionId);
  const jingle = buildJingle('session-initiate', sessionId, { initiator });
  const content = jingle.c('content', { creator: 'initiator', name: 'audio', senders: 'both' });
  const description = content.c('description', { xmlns: NS_RTP, media: 'audio' });
  description.c('payload-type', { id: '111', name: 'opus', clockrate: '48000', channels: '2' });
  description.c('payload-type', { id: '0', name: 'PCMU', clockrate: '8000' });
  description.c('rtcp-mux');
  const transport = content.c('transport', { xmlns: NS_ICE, ufrag, pwd });
  transport.c('fingerprint', { xmlns: NS_DTLS, hash: 'sha-256', setup: 'actpass' }).t(fingerprint);
  transport.c('candidate', { ...CANDIDATE, id: 'c1', generation: '0', network: '0', protocol: 'udp', type: 'host' });
  jingle.c('group', { xmlns: NS_GROUPING, semantics: 'BUNDLE' }).c('content', { name: 'audio' });
  return jingle;
}

/** Builds the end of a session. */
export function buildSessionTerminate(sessionId: string): Element {
  const jingle = buildJingle('session-terminate', sessionId);
  jingle.c('reason').c('success');
  return jingle;
}

function buildJingle(action: string, sid: string, more: Record<string, string> = {}): Element {
  return new Element('jingle', { xmlns: NS_JINGLE, action, sid, ...more });
}
