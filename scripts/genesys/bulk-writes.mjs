// The writes of the SDK that take many items in one request, and whose items do not depend on each other.
import { models, operations } from './sdk.mjs';

/**
 * Methods that a review accepted. Left out are those that replace a whole set, such as `putUserRoutingskillsBulk`, or that need the
 * version of the last change, such as `postGroupMembers`: a second batch would undo or refuse the first.
 */
const REVIEWED = [
  'patchUsersBulk',
  'patchWorkforcemanagementUsersWorkplanbidranksBulk',
  'putUsersPresencesBulk',
  'postRoutingQueueMembers',
  'patchRoutingQueueMembers',
  'patchUserRoutinglanguagesBulk',
  'patchUserRoutingskillsBulk',
  'postTeamMembers',
  'postConversationsCallbacksBulkUpdate',
  'postOutboundContactlistContacts',
  'postAssistantQueueUsersBulkAdd',
  'postAssistantQueueUsersBulkRemove',
  'postKnowledgeKnowledgebaseDocumentsBulkUpdate',
  'postKnowledgeKnowledgebaseDocumentsBulkRemove',
  'postKnowledgeKnowledgebaseDocumentsVersionsBulkAdd',
  ...['Contacts', 'Notes', 'Organizations', 'Relationships'].flatMap((kind) =>
    ['Add', 'Update', 'Remove'].map((verb) => `postExternalcontactsBulk${kind}${verb}`),
  ),
  'postExternalcontactsBulkContactsEnrich',
  'postExternalcontactsBulkOrganizationsEnrich',
];

const MAXIMUM = /(?:max|up to)\.? (\d+)/i;
const UNDOCUMENTED_MAX = 50;

function toRow({ args, text, answer, body, bodyType }) {
  const wrap = bodyType.startsWith('Array<')
    ? undefined
    : Object.keys(models[bodyType]).find((field) => models[bodyType][field].startsWith('Array<'));
  const fields = models[answer] ?? {};
  const documented = MAXIMUM.exec(text)?.[1];
  const entities = answer.startsWith('Array<') ? '' : 'entities' in fields ? 'entities' : undefined;
  return {
    position: args.indexOf(body),
    max: documented ? Number(documented) : UNDOCUMENTED_MAX,
    ...(wrap && { wrap }),
    ...('errorIndexes' in fields && { results: 'results' }),
    ...('failures' in fields && { failures: 'failures' }),
    ...(!('errorIndexes' in fields) && entities !== undefined && { entities }),
    documented: documented !== undefined,
  };
}

/** Rows of `BULK_WRITES` by method. */
export const bulkWrites = Object.fromEntries(
  REVIEWED.map((name) => {
    const operation = operations.find((one) => one.name === name);
    if (!operation) throw new Error(`the SDK has no ${name}`);
    return [name, toRow(operation)];
  }).sort(([a], [b]) => (a < b ? -1 : 1)),
);
