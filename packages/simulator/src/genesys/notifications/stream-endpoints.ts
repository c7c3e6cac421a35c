import type { NotificationOptions } from '../../options/notification-options.js';
import type { Door, EndpointLine } from '../../sockets/socket-endpoint.js';
import type { TokenStore } from '../../tokens/token-store.js';
import type { World } from '../organization.js';
import type { Channels } from './channels.js';
import { type XmppGuest, type XmppHost, XmppStream } from './xmpp-stream.js';

/** What the streaming client puts before the token where XMPP has a password. */
const PASSWORD_PREFIX = 'authKey:';

/** The XMPP streams of the streaming client: for a channel, and for a JWT that says whose it is. */
export function streamEndpoints(
  channels: Channels,
  world: World,
  tokens: TokenStore,
  settings: () => Required<NotificationOptions>,
  now: () => number,
): EndpointLine[] {
  const host: XmppHost = {
    channels,
    newId: () => world.newId(),
    heartbeatMs: () => settings().heartbeatMs,
    addressOf(password) {
      if (!password.startsWith(PASSWORD_PREFIX)) return undefined;
      const token = tokens.find(`Bearer ${password.slice(PASSWORD_PREFIX.length)}`);
      return token !== undefined && tokens.isAlive(token, now()) ? world.addressOf(token.user) : undefined;
    },
  };
  const doorFor = (user: string, guest: XmppGuest): Door => {
    let stream: XmppStream | undefined;
    return {
      user,
      protocol: 'xmpp',
      isSession: true,
      open: (connection) => {
        stream = new XmppStream(connection, guest, host);
      },
      displace: () => stream?.displace(),
    };
  };
  return [
    [
      'GET /stream/channels/:channelId',
      ({ params }) => {
        const channel = channels.find(params.channelId ?? '');
        return channel === undefined ? 404 : doorFor(channel.user, { channel });
      },
    ],
    [
      'GET /stream/jwt/:jwt',
      ({ params }) => {
        const address = jidOf(params.jwt ?? '');
        return address === undefined ? 401 : doorFor(address, { address });
      },
    ],
  ];
}

/** The address in a JWT's `data.jid`. Its signature is not checked: nobody here could have made it. */
function jidOf(jwt: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      data?: { jid?: unknown };
    };
    const jid = claims.data?.jid;
    return typeof jid === 'string' && jid.includes('@') ? jid : undefined;
  } catch {
    return undefined;
  }
}
