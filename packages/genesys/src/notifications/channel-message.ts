import type { Notification } from './events.js';

/** Topic of the platform's heartbeats and of its answers to pings. */
const METADATA = 'channel.metadata';
/** Sent one minute before the platform closes a socket for maintenance (developer.genesys.cloud, Notification service). */
const SOCKET_CLOSING = 'v2.system.socket_closing';

/** A ping as the platform expects it. */
export const PING = JSON.stringify({ message: 'ping' });

/** A message of the platform, by what the channel does with it. */
export type ChannelMessage = Notification | { readonly kind: 'heartbeat' | 'closing' | 'unreadable' };

/** Reads the text of one WebSocket message. */
export function parseMessage(text: string): ChannelMessage {
  let message: { topicName?: unknown; eventBody?: unknown; metadata?: unknown } | null;
  try {
    message = JSON.parse(text) as typeof message;
  } catch {
    return { kind: 'unreadable' };
  }
  const { topicName: topic, eventBody: body, metadata } = message ?? {};
  if (typeof topic !== 'string' || topic === METADATA) return { kind: 'heartbeat' };
  if (topic === SOCKET_CLOSING) return { kind: 'closing' };
  return { kind: 'notification', topic, body, metadata };
}
