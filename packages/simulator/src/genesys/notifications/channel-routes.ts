import { type Answer, answerOk } from '../../http/answer.js';
import type { RouteRequest } from '../../platform/request.js';
import type { RouteDefinition } from '../../platform/route-table.js';
import type { AccessToken } from '../../tokens/token-store.js';
import { buildErrorAnswer } from '../error-answers.js';
import { AVAILABLE_TOPICS } from './available-topics.js';
import type { Channel } from './channel.js';
import type { Channels } from './channels.js';

/** The vendor's streaming client combines topics up to this length of their id. */
const MAX_TOPIC_LENGTH = 199;
const TOO_LONG = `The id of a topic has at most ${MAX_TOPIC_LENGTH} characters`;
const CHANNELS_PATH = '/api/v2/notifications/channels';

/** Routes of notification channels and their topics. The body of a channel holds the address of its socket. */
export function createChannelRoutes(channels: Channels): RouteDefinition[] {
  const defineRoute = (
    methodAndPath: string,
    handle: (channel: Channel, request: RouteRequest) => Answer,
  ): RouteDefinition => {
    const [method, path] = methodAndPath.split(' ');
    return [
      `${method} ${CHANNELS_PATH}/:channelId${path}`,
      (request) => {
        const channel = channels.findChannel(request.params.channelId ?? '');
        // The channel of another owner gets the same 404 as an unknown one.
        if (channel?.owner !== getOwner(request.token)) {
          return buildErrorAnswer(404, 'not.found', 'The requested resource was not found.', request.contextId);
        }
        return handle(channel, request);
      },
    ];
  };
  return [
    ['GET /api/v2/notifications/availabletopics', listTopics],
    [
      `GET ${CHANNELS_PATH}`,
      (request) =>
        answerOk({
          entities: channels.listOwned(getOwner(request.token)).map((channel) => buildChannelBody(channel, request)),
        }),
    ],
    [
      `POST ${CHANNELS_PATH}`,
      (request) => {
        const isStreaming = request.query.get('connectionType') === 'streaming';
        const channel = channels.createChannel(getOwner(request.token), request.token.user, isStreaming);
        return answerOk(buildChannelBody(channel, request));
      },
    ],
    defineRoute('HEAD ', () => ({ status: 200 })),
    defineRoute('GET /subscriptions', (channel) => buildTopicsAnswer(channel.topics)),
    defineRoute('PUT /subscriptions', (channel, request) => setTopics(channels, channel, request, [])),
    defineRoute('POST /subscriptions', (channel, request) => setTopics(channels, channel, request, channel.topics)),
    defineRoute('DELETE /subscriptions', (channel) => {
      channels.setTopics(channel, []);
      return { status: 204 };
    }),
  ];
}

function setTopics(channels: Channels, channel: Channel, request: RouteRequest, before: readonly string[]): Answer {
  const { body, contextId } = request;
  const topics = Array.isArray(body) ? body.map((item: unknown) => readTopicId(item)) : [];
  if (!Array.isArray(body) || topics.some((topic) => topic === '')) {
    return buildErrorAnswer(400, 'bad.request', 'The body must be a list of topics, each with an id', contextId);
  }
  const rejected = topics.filter((topic) => topic.length > MAX_TOPIC_LENGTH);
  // With ignoreErrors the topics that are accepted take effect, and the answer says which are not.
  if (rejected.length > 0 && request.query.get('ignoreErrors') !== 'true') {
    return buildErrorAnswer(400, 'bad.request', TOO_LONG, contextId);
  }
  const accepted = topics.filter((topic) => topic.length <= MAX_TOPIC_LENGTH);
  if (!channels.setTopics(channel, [...before, ...accepted])) {
    const maximum = request.settings.notifications.topicsPerChannel;
    return buildErrorAnswer(400, 'bad.request', `A channel takes at most ${maximum} topics`, contextId);
  }
  return buildTopicsAnswer(channel.topics, rejected);
}

function readTopicId(item: unknown): string {
  const { id } = (item ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : '';
}

function buildTopicsAnswer(topics: readonly string[], rejected: readonly string[] = []): Answer {
  const selfUri = (id: string): string => `/api/v2/notifications/availabletopics/${id}`;
  return answerOk({
    entities: [
      ...topics.map((id) => ({ id, state: 'Permitted', selfUri: selfUri(id) })),
      ...rejected.map((id) => ({ id, state: 'Rejected', rejectionReason: TOO_LONG, selfUri: selfUri(id) })),
    ],
  });
}

/** Answers the topics with the fields that `expand` names; without it only their ids. */
function listTopics({ query }: RouteRequest): Answer {
  const fields = new Set(['id', ...query.getAll('expand').flatMap((text) => text.split(','))]);
  const pick = (topic: object): object =>
    Object.fromEntries(Object.entries(topic).filter(([name]) => fields.has(name)));
  return answerOk({ entities: AVAILABLE_TOPICS.map(pick) });
}

function buildChannelBody({ id, expiresAt, isStreaming }: Channel, { host, now, wallMs }: RouteRequest): object {
  return {
    id,
    connectUri: `ws://${host}${isStreaming ? '/stream' : ''}/channels/${id}`,
    expires: new Date(wallMs + expiresAt - now).toISOString(),
  };
}

/** The owner of a channel is a user with a client, so a refreshed token has the same owner. */
function getOwner({ clientId, user }: AccessToken): string {
  return `${clientId}/${user}`;
}
