// Written by scripts/genesys-operations.mjs from the 3468 operations of purecloud-platform-client-v2 262.0.0, and reviewed.

import type { BulkWriteRow } from './operation-rows.js';

/** Writes that take many items in one request, by method of the SDK. */
// prettier-ignore
export const BULK_WRITES: Readonly<Record<string, BulkWriteRow>> = {
  patchRoutingQueueMembers: { position: 1, max: 100, entities: 'entities' },
  patchUserRoutinglanguagesBulk: { position: 1, max: 50, entities: 'entities' },
  // The SDK documents no maximum.
  patchUserRoutingskillsBulk: { position: 1, max: 50, entities: 'entities' },
  patchUsersBulk: { position: 0, max: 50, entities: 'entities' },
  patchWorkforcemanagementUsersWorkplanbidranksBulk: { position: 0, max: 50, entities: 'entities' },
  // The SDK documents no maximum.
  postAssistantQueueUsersBulkAdd: { position: 2, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postAssistantQueueUsersBulkRemove: { position: 2, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postConversationsCallbacksBulkUpdate: { position: 0, max: 50, wrap: 'patchCallbackRequests', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkContactsAdd: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  postExternalcontactsBulkContactsEnrich: { position: 0, max: 10, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkContactsRemove: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkContactsUpdate: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkNotesAdd: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkNotesRemove: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkNotesUpdate: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkOrganizationsAdd: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  postExternalcontactsBulkOrganizationsEnrich: { position: 0, max: 10, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkOrganizationsRemove: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkOrganizationsUpdate: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkRelationshipsAdd: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkRelationshipsRemove: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postExternalcontactsBulkRelationshipsUpdate: { position: 0, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postKnowledgeKnowledgebaseDocumentsBulkRemove: { position: 1, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postKnowledgeKnowledgebaseDocumentsBulkUpdate: { position: 1, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postKnowledgeKnowledgebaseDocumentsVersionsBulkAdd: { position: 1, max: 50, wrap: 'entities', results: 'results' },
  // The SDK documents no maximum.
  postOutboundContactlistContacts: { position: 1, max: 50, entities: '' },
  postRoutingQueueMembers: { position: 1, max: 100 },
  // The SDK documents no maximum.
  postTeamMembers: { position: 1, max: 50, wrap: 'memberIds', failures: 'failures', entities: 'entities' },
  // The SDK documents no maximum.
  putUsersPresencesBulk: { position: 0, max: 50, entities: '' },
};
