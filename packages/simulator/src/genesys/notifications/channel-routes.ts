import { type Answer, ok } from '../../http/answer.js';
import type { RouteRequest } from '../../platform/request.js';
import type { RouteLine } from '../../platform/route-table.js';
import type { AccessToken } from '../../tokens/token-store.js';
import { errorAnswer } from '../error-answers.js';
import type { Channel } from './channel.js';
import type { Channels } from './channels.js';

const PATH = '/api/v2/notifications/channels';

/** Channels and their topics. Where a channel's socket is, it says itself. */
export function channelRoutes(channels: Channels): RouteLine[] {
  const line = (what: string, handle: (channel: Channel, request: RouteRequest) => Answer): RouteLine => {
    const [method, path] = what.split(' ');
    return [
      `${method} ${PATH}/:channelId${path}`,
      (request) => {
        const channel = channels.find(request.params.channelId ?? '');
        // Somebody else's channel is as good as none.
        if (channel?.owner !== ownerOf(request.token)) {
          return errorAnswer(404, 'not.found', 'The requested resource was not found.', request.contextId);
        }
        return handle(channel, request);
      },
    ];
  };
  return [
    [
      `GET ${PATH}`,
      (request) =>
        ok({ entities: channels.of(ownerOf(request.token)).map((channel) => channelBody(channel, request)) }),
    ],
    [
      `POST ${PATH}`,
      (request) => {
        const isStreaming = request.query.get('connectionType') === 'streaming';
        const channel = channels.open(ownerOf(request.token), request.token.user, isStreaming);
        return ok(channelBody(channel, request));
      },
    ],
    line('HEAD ', () => ({ status: 200 })),
    line('GET /subscriptions', (channel) => topicsAnswer(channel.topics)),
    line('PUT /subscriptions', (channel, request) => subscribe(channels, channel, request, [])),
    line('POST /subscriptions', (channel, request) => subscribe(channels, channel, request, channel.topics)),
    line('DELETE /subscriptions', (channel) => {
      channels.subscribe(channel, []);
      return { status: 204 };
    }),
  ];
}

function subscribe(channels: Channels, channel: Channel, request: RouteRequest, before: readonly string[]): Answer {
  const { body, contextId } = request;
  const topics = Array.isArray(body) ? body.map((item: unknown) => idOf(item)) : [];
  if (!Array.isArray(body) || topics.some((topic) => topic === '')) {
    return errorAnswer(400, 'bad.request', 'The body must be a list of topics, each with an id', contextId);
  }
  if (!channels.subscribe(channel, [...before, ...topics])) {
    const most = request.settings.notifications.topicsPerChannel;
    return errorAnswer(400, 'bad.request', `A channel takes at most ${most} topics`, contextId);
  }
  return topicsAnswer(channel.topics);
}

function idOf(item: unknown): string {
  const { id } = (item ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : '';
}

function topicsAnswer(topics: readonly string[]): Answer {
  const selfUri = (id: string): string => `/api/v2/notifications/availabletopics/${id}`;
  return ok({ entities: topics.map((id) => ({ id, state: 'Permitted', selfUri: selfUri(id) })) });
}

function channelBody({ id, expiresAt, isStreaming }: Channel, { host, now, wallMs }: RouteRequest): object {
  return {
    id,
    connectUri: `ws://${host}${isStreaming ? '/stream' : ''}/channels/${id}`,
    expires: new Date(wallMs + expiresAt - now).toISOString(),
  };
}

/** Channels are counted for a user and client together; a refreshed token is the same owner. */
function ownerOf({ clientId, user }: AccessToken): string {
  return `${clientId}/${user}`;
}
