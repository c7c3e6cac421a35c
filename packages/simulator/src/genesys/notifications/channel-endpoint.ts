import type { NotificationOptions } from '../../options/notification-options.js';
import type { EndpointLine } from '../../sockets/socket-endpoint.js';
import { envelope } from './channel.js';
import type { Channels } from './channels.js';

const METADATA = 'channel.metadata';
/** The platform closes the socket a minute after it has told this, for maintenance. */
const SOCKET_CLOSING = 'v2.system.socket_closing';

/** The WebSocket at a channel's `connectUri`. Who knows the address may listen, as on the platform. */
export function channelEndpoint(channels: Channels, settings: () => Required<NotificationOptions>): EndpointLine {
  return [
    'GET /channels/:channelId',
    ({ params }) => {
      const channel = channels.find(params.channelId ?? '');
      if (channel === undefined || channel.isStreaming) return 404;
      return {
        user: channel.user,
        open(connection) {
          const tell = (topic: string, body: unknown): void => connection.send(JSON.stringify(envelope(topic, body)));
          const detach = channels.attach(channel, {
            deliver: tell,
            end: (reason) => connection.close(1001, `channel ${reason}`),
            announceClosing: () => tell(SOCKET_CLOSING, { message: 'The WebSocket connection will be closed soon' }),
            close: () => connection.close(1001, 'maintenance'),
          });
          connection.onEnd(detach);
          connection.every(settings().heartbeatMs, () => tell(METADATA, { message: 'WebSocket Heartbeat' }));
          connection.onMessage((text) => {
            if (isPing(text)) tell(METADATA, { message: 'pong' });
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
