/** One topic in the form of the platform's answer, with every expansion. */
export interface AvailableTopic {
  readonly id: string;
  readonly description: string;
  readonly enforced: boolean;
  readonly visibility: 'Public' | 'Preview';
  readonly transports: readonly string[];
  readonly requiresPermissions: readonly string[];
  readonly publicApiTemplateUriPaths: readonly string[];
  readonly topicParameters: readonly string[];
  readonly schema: object;
}

const TEXT = { type: 'string' };
const NUMBER = { type: 'number' };
const FLAG = { type: 'boolean' };
const DATE = { type: 'string', format: 'date-time' };
const TEXTS = { type: 'object', additionalProperties: TEXT };
const REFERENCE = buildSchema({ id: TEXT });
const PRESENCE_DEFINITION = buildSchema({ id: TEXT, systemPresence: TEXT });
const ROUTING_STATUS = buildSchema({ status: TEXT, startTime: DATE });
const STATS = buildSchema({
  group: TEXTS,
  data: {
    type: 'array',
    items: buildSchema({
      interval: TEXT,
      metrics: {
        type: 'array',
        items: buildSchema({ metric: TEXT, qualifier: TEXT, stats: { type: 'object', additionalProperties: NUMBER } }),
      },
    }),
  },
});
const CONVERSATION = buildSchema({
  id: TEXT,
  participants: { type: 'array', items: { type: 'object' } },
});

function buildSchema(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', properties };
}

/**
 * Topics that exist on the platform. Their names are those of the vendor's SDKs, and their schemas those of the SDK's
 * models of events. The REST paths are paths of the SDK for the same value. No recorded answer of the platform is
 * public, so the permissions and transports are what its documentation says elsewhere, or empty.
 */
export const AVAILABLE_TOPICS: readonly AvailableTopic[] = [
  defineTopic('v2.users.{id}.presence', 'Presence of a user, as the own source of the platform has it.', {
    transports: ['All'],
    paths: ['/api/v2/users/{userId}/presences/{sourceId}', '/api/v2/users/{userId}/presences/purecloud'],
    schema: buildSchema({
      source: TEXT,
      presenceDefinition: PRESENCE_DEFINITION,
      primary: FLAG,
      message: TEXT,
      modifiedDate: DATE,
    }),
  }),
  defineTopic('v2.users.{id}.routingStatus', 'Routing status of a user.', {
    paths: ['/api/v2/users/{userId}/routingstatus'],
    schema: buildSchema({ id: TEXT, routingStatus: ROUTING_STATUS }),
  }),
  defineTopic('v2.users.{id}.outofoffice', 'Whether a user is out of office.', {
    paths: ['/api/v2/users/{userId}/outofoffice'],
    schema: buildSchema({ user: REFERENCE, active: FLAG, indefinite: FLAG, startDate: DATE, endDate: DATE }),
  }),
  defineTopic('v2.users.{id}.station', 'Station of a user.', {
    paths: ['/api/v2/users/{userId}/station'],
    schema: buildSchema({
      associatedStation: buildSchema({ id: TEXT, name: TEXT, associatedUser: REFERENCE }),
    }),
  }),
  defineTopic('v2.users.{id}.activity', 'Presence, routing status and out of office of a user in one event.', {
    paths: [],
    schema: buildSchema({
      id: TEXT,
      routingStatus: ROUTING_STATUS,
      presence: buildSchema({ presenceDefinition: PRESENCE_DEFINITION, presenceMessage: TEXT, modifiedDate: DATE }),
      outOfOffice: buildSchema({ active: FLAG, modifiedDate: DATE }),
      activeQueueIds: { type: 'array', items: TEXT },
      dateActiveQueuesChanged: DATE,
    }),
  }),
  defineTopic('v2.users.{id}.conversations', 'Conversations of a user.', {
    paths: ['/api/v2/conversations/{conversationId}'],
    schema: CONVERSATION,
  }),
  defineTopic('v2.users.{id}.conversationsummary', 'Number of conversations of a user, by medium.', {
    transports: ['All'],
    paths: [],
    schema: buildSchema({
      userId: TEXT,
      call: { type: 'object' },
      email: { type: 'object' },
      message: { type: 'object' },
    }),
  }),
  defineTopic('v2.routing.queues.{id}.users', 'Members of a queue.', {
    permissions: ['routing:queueMember:view'],
    paths: ['/api/v2/routing/queues/{queueId}/members'],
    schema: buildSchema({ id: TEXT, user: REFERENCE, queueId: TEXT, joined: FLAG }),
  }),
  defineTopic('v2.routing.queues.{id}.conversations', 'Conversations of a queue.', {
    paths: ['/api/v2/conversations/{conversationId}'],
    schema: CONVERSATION,
  }),
  defineTopic('v2.analytics.queues.{id}.observations', 'Observations of a queue: waiting, interacting and so on.', {
    permissions: ['analytics:queueObservation:view'],
    paths: ['/api/v2/analytics/queues/observations/query'],
    schema: STATS,
  }),
  defineTopic('v2.analytics.users.{id}.aggregates', 'Aggregates of a user.', {
    permissions: ['analytics:userAggregate:view'],
    paths: ['/api/v2/analytics/users/aggregates/query'],
    schema: STATS,
  }),
  defineTopic('v2.outbound.campaigns.{id}', 'A campaign.', {
    permissions: ['outbound:campaign:view'],
    paths: ['/api/v2/outbound/campaigns/{campaignId}'],
    schema: buildSchema({ id: TEXT, name: TEXT, campaignStatus: TEXT, version: NUMBER }),
  }),
  defineTopic('v2.outbound.contactlists.{id}', 'A contact list.', {
    permissions: ['outbound:contactList:view'],
    paths: ['/api/v2/outbound/contactlists/{contactListId}'],
    schema: buildSchema({ id: TEXT, name: TEXT, version: NUMBER }),
  }),
];

function defineTopic(
  id: string,
  description: string,
  {
    transports = ['Websocket'],
    permissions = [],
    paths,
    schema,
  }: { transports?: string[]; permissions?: string[]; paths: string[]; schema: object },
): AvailableTopic {
  return {
    id,
    description,
    enforced: true,
    visibility: 'Public',
    transports,
    requiresPermissions: permissions,
    publicApiTemplateUriPaths: paths,
    topicParameters: [...id.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    schema,
  };
}
