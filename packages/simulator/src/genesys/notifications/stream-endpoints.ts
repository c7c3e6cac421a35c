import type { NotificationOptions } from '../../options/notification-options.js';
import type { AcceptedUpgrade, SocketEndpoint } from '../../sockets/socket-endpoint.js';
import type { TokenStore } from '../../tokens/token-store.js';
import type { Organization } from '../organization.js';
import type { Calls } from '../webrtc/calls.js';
import type { Channels } from './channels.js';
import { type StreamIdentity, type XmppStreamHost, XmppStream } from './xmpp-stream.js';

/** The streaming client sends this prefix before the token in the XMPP password. */
const PASSWORD_PREFIX = 'authKey:';

/** The endpoints of XMPP streams: one for a channel, one for a JWT that names the user. */
export function createStreamEndpoints(
  channels: Channels,
  calls: Calls,
  organization: Organization,
  tokens: TokenStore,
  settings: () => Required<NotificationOptions>,
  now: () => number,
): SocketEndpoint[] {
  const host: XmppStreamHost = {
    channels,
    calls,
    newId: () => organization.newId(),
    heartbeatMs: () => settings().heartbeatMs,
    findAddress(password) {
      if (!password.startsWith(PASSWORD_PREFIX)) return undefined;
      const token = tokens.findAccessToken(`Bearer ${password.slice(PASSWORD_PREFIX.length)}`);
      return token !== undefined && tokens.isValid(token, now()) ? organization.getChatAddress(token.user) : undefined;
    },
  };
  const acceptStream = (user: string, identity: StreamIdentity): AcceptedUpgrade => {
    let stream: XmppStream | undefined;
    return {
      user,
      protocol: 'xmpp',
      isSession: true,
      serve: (connection) => {
        stream = new XmppStream(connection, identity, host);
      },
      endSession: () => stream?.replaceSession(),
    };
  };
  return [
    [
      'GET /stream/channels/:channelId',
      ({ params }) => {
        const channel = channels.findChannel(params.channelId ?? '');
        return channel === undefined ? 404 : acceptStream(channel.user, { channel });
      },
    ],
    [
      'GET /stream/jwt/:jwt',
      ({ params }) => {
        const address = parseJid(params.jwt ?? '');
        return address === undefined ? 401 : acceptStream(address, { address });
      },
    ],
  ];
}

/** Parses the address in a JWT's `data.jid`. The signature is not verified, because tests cannot create a valid one. */
function parseJid(jwt: string): string | undefined {
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
