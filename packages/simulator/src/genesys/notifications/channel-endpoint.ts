import type { NotificationOptions } from '../../options/notification-options.js';
import type { SocketEndpoint } from '../../sockets/socket-endpoint.js';
import { buildEvent } from './channel.js';
import type { Channels } from './channels.js';

const METADATA = 'channel.metadata';
/** For maintenance, the platform sends this topic a minute before it closes the socket. */
const SOCKET_CLOSING = 'v2.system.socket_closing';

/** The WebSocket at a channel's `connectUri`. As on the platform, the address alone grants access. */
export function createChannelEndpoint(
  channels: Channels,
  settings: () => Required<NotificationOptions>,
): SocketEndpoint {
  return [
    'GET /channels/:channelId',
    ({ params }) => {
      const channel = channels.findChannel(params.channelId ?? '');
      if (channel === undefined || channel.isStreaming) return 404;
      return {
        user: channel.user,
        serve(connection) {
          const sendOwnEvent = (topic: string, body: unknown): void =>
            connection.send(JSON.stringify({ topicName: topic, version: '2', eventBody: body, metadata: {} }));
          const detach = channels.attachSocket(channel, {
            deliver: (event) => connection.send(JSON.stringify(buildEvent(event))),
            end: (reason) => connection.close(1001, `channel ${reason}`),
            announceClosing: () =>
              sendOwnEvent(SOCKET_CLOSING, { message: 'The WebSocket connection will be closed soon' }),
            close: () => connection.close(1001, 'maintenance'),
          });
          connection.onEnd(detach);
          connection.repeat(settings().heartbeatMs, () => sendOwnEvent(METADATA, { message: 'WebSocket Heartbeat' }));
          connection.onMessage((text) => {
            if (isPing(text)) sendOwnEvent(METADATA, { message: 'pong' });
          });
        },
      };
    },
  ];
}

function isPing(text: string): boolean {
  try {
    return (JSON.parse(text) as { message?: unknown } | null)?.message === 'ping';
  } catch {
    return false;
  }
}
