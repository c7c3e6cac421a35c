// Written by scripts/genesys-operations.mjs from the 3468 operations of purecloud-platform-client-v2 262.0.0, and reviewed.

import type { BulkRead } from './bulk-read.js';

/** Reads of one entity that the platform also answers in bulk, by the pattern of the route. */
// prettier-ignore
export const BULK_READS: Readonly<Record<string, BulkRead>> = {
  // The SDK documents no maximum.
  'GET /api/v2/analytics/conversations/:conversationId/details': { list: '/api/v2/analytics/conversations/details', parameter: 'id', max: 50, items: 'conversations', key: 'conversationId', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/analytics/reporting/dashboards/users/:userId': { list: '/api/v2/analytics/reporting/dashboards/users', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/architect/grammars/:grammarId': { list: '/api/v2/architect/grammars', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: ['includeFileUrls'] },
  // The SDK documents no maximum.
  'GET /api/v2/assistants/agentchecklists/:agentChecklistId': { list: '/api/v2/assistants/agentchecklists', parameter: 'agentChecklistIds', max: 25, items: 'entities', key: 'id', passes: [], except: ['languages'] },
  // The SDK documents no maximum.
  'GET /api/v2/authorization/divisions/:divisionId': { list: '/api/v2/authorization/divisions', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: ['objectCount'], except: ['deleted', 'home', 'limit', 'query'] },
  // The SDK documents no maximum.
  'GET /api/v2/authorization/roles/:roleId': { list: '/api/v2/authorization/roles', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: ['userCount'], except: ['settings'] },
  // The SDK documents no maximum.
  'GET /api/v2/flows/:flowId': { list: '/api/v2/flows/lookup', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [], except: ['datatables', 'divisionviews', 'lookup', 'milestones', 'outcomes'] },
  // The SDK documents no maximum.
  'GET /api/v2/flows/milestones/:milestoneId': { list: '/api/v2/flows/milestones', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [], except: ['divisionviews'] },
  // The SDK documents no maximum.
  'GET /api/v2/flows/outcomes/:flowOutcomeId': { list: '/api/v2/flows/outcomes', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [], except: ['divisionviews'] },
  // The SDK documents no maximum.
  'GET /api/v2/groups/:groupId': { list: '/api/v2/groups', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [], except: ['search'] },
  'GET /api/v2/integrations/:integrationId': { list: '/api/v2/integrations', parameter: 'ids', max: 100, items: 'entities', key: 'id', pageSize: 'pageSize', passes: ['expand'], expands: ['expand'], except: ['actions', 'clientapps', 'credentials', 'types', 'userapps'] },
  'GET /api/v2/integrations/actions/:actionId': { list: '/api/v2/integrations/actions', parameter: 'ids', max: 50, items: 'entities', key: 'id', query: { includeAuthActions: 'true' }, pageSize: 'pageSize', passes: ['includeConfig'], except: ['categories', 'certificates', 'drafts'] },
  'GET /api/v2/integrations/actions/:actionId/draft': { list: '/api/v2/integrations/actions/drafts', parameter: 'ids', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: ['includeConfig'] },
  'GET /api/v2/journey/actionmaps/:actionMapId': { list: '/api/v2/journey/actionmaps', parameter: 'actionMapIds', max: 100, items: 'entities', key: 'id', passes: [] },
  'GET /api/v2/journey/outcomes/:outcomeId': { list: '/api/v2/journey/outcomes', parameter: 'outcomeIds', max: 20, items: 'entities', key: 'id', passes: [], except: ['predictors'] },
  'GET /api/v2/journey/segments/:segmentId': { list: '/api/v2/journey/segments', parameter: 'segmentIds', max: 100, items: 'entities', key: 'id', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/locations/:locationId': { list: '/api/v2/locations', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [], except: ['search'] },
  // The SDK documents no maximum.
  'GET /api/v2/outbound/campaigns/:campaignId': { list: '/api/v2/outbound/campaigns', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [], except: ['all', 'divisionviews'] },
  // The SDK documents no maximum.
  'GET /api/v2/outbound/campaigns/divisionviews/:campaignId': { list: '/api/v2/outbound/campaigns/divisionviews', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/outbound/contactlists/:contactListId': { list: '/api/v2/outbound/contactlists', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: ['includeImportStatus', 'includeSize'], except: ['divisionviews'] },
  // The SDK documents no maximum.
  'GET /api/v2/outbound/contactlists/divisionviews/:contactListId': { list: '/api/v2/outbound/contactlists/divisionviews', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: ['includeImportStatus', 'includeSize'] },
  // The SDK documents no maximum.
  'GET /api/v2/outbound/digitalrulesets/:digitalRuleSetId': { list: '/api/v2/outbound/digitalrulesets', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/outbound/dnclists/divisionviews/:dncListId': { list: '/api/v2/outbound/dnclists/divisionviews', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: ['includeImportStatus', 'includeSize'] },
  // The SDK documents no maximum.
  'GET /api/v2/outbound/messagingcampaigns/:messagingCampaignId': { list: '/api/v2/outbound/messagingcampaigns', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [], except: ['divisionviews'] },
  // The SDK documents no maximum.
  'GET /api/v2/outbound/messagingcampaigns/divisionviews/:messagingCampaignId': { list: '/api/v2/outbound/messagingcampaigns/divisionviews', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [] },
  'GET /api/v2/quality/forms/evaluations/:formId': { list: '/api/v2/quality/forms/evaluations/bulk', parameter: 'id', max: 100, items: 'entities', key: 'id', passes: [], except: ['bulk'] },
  // The SDK documents no maximum.
  'GET /api/v2/quality/forms/surveys/:formId': { list: '/api/v2/quality/forms/surveys/bulk', parameter: 'id', max: 50, items: 'entities', key: 'id', passes: [], except: ['bulk'] },
  // The SDK documents no maximum.
  'GET /api/v2/quality/publishedforms/evaluations/divisionviews/:evaluationFormId': { list: '/api/v2/quality/publishedforms/evaluations/divisionviews', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/quality/publishedforms/surveys/divisionviews/:surveyFormId': { list: '/api/v2/quality/publishedforms/surveys/divisionviews', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/routing/languages/:languageId': { list: '/api/v2/routing/languages', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/routing/queues/:queueId': { list: '/api/v2/routing/queues', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: ['expand'], expands: ['expand'], except: ['divisionviews', 'me'] },
  // The SDK documents no maximum.
  'GET /api/v2/routing/skillexpressions/:expressionId': { list: '/api/v2/routing/skillexpressions', parameter: 'id', max: 50, items: 'entities', key: 'id', passes: ['includeArchived', 'format'] },
  // The SDK documents no maximum.
  'GET /api/v2/routing/skills/:skillId': { list: '/api/v2/routing/skills', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/routing/wrapupcodes/:codeId': { list: '/api/v2/routing/wrapupcodes', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [], except: ['divisionviews'] },
  // The SDK documents no maximum.
  'GET /api/v2/routing/wrapupcodes/divisionviews/:codeId': { list: '/api/v2/routing/wrapupcodes/divisionviews', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/socialmedia/topics/:topicId': { list: '/api/v2/socialmedia/topics', parameter: 'ids', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: ['includeDeleted'] },
  'GET /api/v2/speechandtextanalytics/categories/:categoryId': { list: '/api/v2/speechandtextanalytics/categories', parameter: 'ids', max: 25, items: 'entities', key: 'id', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/stations/:stationId': { list: '/api/v2/stations', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/telephony/providers/edges/didpools/:didPoolId': { list: '/api/v2/telephony/providers/edges/didpools', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [], except: ['dids'] },
  // The SDK documents no maximum.
  'GET /api/v2/telephony/providers/edges/dids/:didId': { list: '/api/v2/telephony/providers/edges/dids', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: [] },
  // The SDK documents no maximum.
  'GET /api/v2/users/:userId': { list: '/api/v2/users', parameter: 'id', max: 50, items: 'entities', key: 'id', pageSize: 'pageSize', passes: ['expand', 'integrationPresenceSource', 'state'], expands: ['expand'], except: ['me', 'query', 'rules', 'search'] },
  'GET /api/v2/users/:userId/presences/:sourceId': { list: '/api/v2/users/presences/:sourceId/bulk', parameter: 'id', max: 50, items: '', key: 'userId', passes: [], lacks: ['primary', 'futurePresenceDefinition'] },
  'GET /api/v2/users/:userId/presences/purecloud': { list: '/api/v2/users/presences/purecloud/bulk', parameter: 'id', max: 50, items: '', key: 'userId', passes: [], lacks: ['primary', 'futurePresenceDefinition'] },
  // The SDK documents no maximum.
  'GET /api/v2/voicemail/messages/:messageId': { list: '/api/v2/voicemail/messages', parameter: 'ids', max: 50, items: 'entities', key: 'id', passes: ['expand'], expands: ['expand'] },
};
