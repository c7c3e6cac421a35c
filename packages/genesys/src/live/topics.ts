// Written by scripts/genesys-topics.mjs from recorded/available-topics.json and the paths of purecloud-platform-client-v2 262.0.0.

/**
 * The topics that `live` knows, and the path that a GET reads for each. Parameters correspond by their order. Undefined: no GET reads what
 * the topic reports.
 */
export const TOPIC_ROUTES = {
  'v2.analytics.queues.{id}.observations': undefined,
  'v2.architect.prompts.{id}': '/api/v2/architect/prompts/{promptId}',
  'v2.contentmanagement.documents.{id}': '/api/v2/contentmanagement/documents/{documentId}',
  'v2.flows.{id}': '/api/v2/flows/{flowId}',
  'v2.groups.{id}.greetings': '/api/v2/groups/{groupId}/greetings',
  'v2.outbound.attemptlimits.{id}': '/api/v2/outbound/attemptlimits/{attemptLimitsId}',
  'v2.outbound.callabletimesets.{id}': '/api/v2/outbound/callabletimesets/{callableTimeSetId}',
  'v2.outbound.campaignrules.{id}': '/api/v2/outbound/campaignrules/{campaignRuleId}',
  'v2.outbound.campaigns.{id}': '/api/v2/outbound/campaigns/{campaignId}',
  'v2.outbound.campaigns.{id}.progress': '/api/v2/outbound/campaigns/{campaignId}/progress',
  'v2.outbound.campaigns.{id}.stats': '/api/v2/outbound/campaigns/{campaignId}/stats',
  'v2.outbound.contactlistfilters.{id}': '/api/v2/outbound/contactlistfilters/{contactListFilterId}',
  'v2.outbound.contactlists.{id}': '/api/v2/outbound/contactlists/{contactListId}',
  'v2.outbound.contactlists.{id}.importstatus': '/api/v2/outbound/contactlists/{contactListId}/importstatus',
  'v2.outbound.dnclists.{id}': '/api/v2/outbound/dnclists/{dncListId}',
  'v2.outbound.dnclists.{id}.importstatus': '/api/v2/outbound/dnclists/{dncListId}/importstatus',
  'v2.outbound.responsesets.{id}': undefined,
  'v2.outbound.rulesets.{id}': '/api/v2/outbound/rulesets/{ruleSetId}',
  'v2.outbound.schedules.campaigns.{id}': '/api/v2/outbound/schedules/campaigns/{campaignId}',
  'v2.outbound.schedules.sequences.{id}': '/api/v2/outbound/schedules/sequences/{sequenceId}',
  'v2.outbound.sequences.{id}': '/api/v2/outbound/sequences/{sequenceId}',
  'v2.outbound.settings': '/api/v2/outbound/settings',
  'v2.outbound.wrapupcodemappings.{id}': undefined,
  'v2.routing.queues.{id}.conversations': undefined,
  'v2.routing.queues.{id}.users': '/api/v2/routing/queues/{queueId}/members',
  'v2.users.{id}.activity': undefined,
  'v2.users.{id}.callforwarding': '/api/v2/users/{userId}/callforwarding',
  'v2.users.{id}.conversations': undefined,
  'v2.users.{id}.conversations.callbacks': undefined,
  'v2.users.{id}.conversations.calls': undefined,
  'v2.users.{id}.conversations.chats': undefined,
  'v2.users.{id}.conversations.emails': undefined,
  'v2.users.{id}.conversations.messages': undefined,
  'v2.users.{id}.conversationsummary': '/api/v2/users/{userId}',
  'v2.users.{id}.greetings': '/api/v2/users/{userId}/greetings',
  'v2.users.{id}.outofoffice': '/api/v2/users/{userId}/outofoffice',
  'v2.users.{id}.presence': '/api/v2/users/{userId}/presences/purecloud',
  'v2.users.{id}.routingStatus': '/api/v2/users/{userId}/routingstatus',
  'v2.users.{id}.station': '/api/v2/users/{userId}/station',
} as const satisfies Readonly<Record<TopicName, string | undefined>>;

/**
 * Name of a notification topic that `live` knows, with its parameters in braces.
 * @public
 */
export type TopicName =
  | 'v2.analytics.queues.{id}.observations'
  | 'v2.architect.prompts.{id}'
  | 'v2.contentmanagement.documents.{id}'
  | 'v2.flows.{id}'
  | 'v2.groups.{id}.greetings'
  | 'v2.outbound.attemptlimits.{id}'
  | 'v2.outbound.callabletimesets.{id}'
  | 'v2.outbound.campaignrules.{id}'
  | 'v2.outbound.campaigns.{id}'
  | 'v2.outbound.campaigns.{id}.progress'
  | 'v2.outbound.campaigns.{id}.stats'
  | 'v2.outbound.contactlistfilters.{id}'
  | 'v2.outbound.contactlists.{id}'
  | 'v2.outbound.contactlists.{id}.importstatus'
  | 'v2.outbound.dnclists.{id}'
  | 'v2.outbound.dnclists.{id}.importstatus'
  | 'v2.outbound.responsesets.{id}'
  | 'v2.outbound.rulesets.{id}'
  | 'v2.outbound.schedules.campaigns.{id}'
  | 'v2.outbound.schedules.sequences.{id}'
  | 'v2.outbound.sequences.{id}'
  | 'v2.outbound.settings'
  | 'v2.outbound.wrapupcodemappings.{id}'
  | 'v2.routing.queues.{id}.conversations'
  | 'v2.routing.queues.{id}.users'
  | 'v2.users.{id}.activity'
  | 'v2.users.{id}.callforwarding'
  | 'v2.users.{id}.conversations'
  | 'v2.users.{id}.conversations.callbacks'
  | 'v2.users.{id}.conversations.calls'
  | 'v2.users.{id}.conversations.chats'
  | 'v2.users.{id}.conversations.emails'
  | 'v2.users.{id}.conversations.messages'
  | 'v2.users.{id}.conversationsummary'
  | 'v2.users.{id}.greetings'
  | 'v2.users.{id}.outofoffice'
  | 'v2.users.{id}.presence'
  | 'v2.users.{id}.routingStatus'
  | 'v2.users.{id}.station';
