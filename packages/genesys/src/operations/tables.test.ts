import { describe, expect, it } from 'vitest';
import { BULK_READS } from './bulk-reads.js';
import { BULK_WRITES } from './bulk-writes.js';
import { JOBS } from './jobs.js';
import { PAGED_OPERATIONS } from './paged-operations.js';

describe('the table of reads in bulk', () => {
  const rows = Object.entries(BULK_READS);

  it('has the reads that have a list by id with the same model', () => {
    expect(rows).toHaveLength(44);
    expect(BULK_READS['GET /api/v2/users/:userId']).toEqual({
      list: '/api/v2/users',
      parameter: 'id',
      max: 50,
      items: 'entities',
      key: 'id',
      pageSize: 'pageSize',
      // The list takes 5 schemas, the single read 100, so `userCustomAttributeSchemaIds` does not pass.
      passes: ['expand', 'integrationPresenceSource', 'state'],
      expands: ['expand'],
      except: ['me', 'query', 'rules', 'search'],
    });
    expect(BULK_READS['GET /api/v2/users/:userId/presences/:sourceId']).toMatchObject({
      list: '/api/v2/users/presences/:sourceId/bulk',
      items: '',
      key: 'userId',
      lacks: ['primary', 'futurePresenceDefinition'],
    });
  });

  it('uses the lookup of flows, because the id of the list of flows is deprecated', () => {
    expect(BULK_READS['GET /api/v2/flows/:flowId']?.list).toBe('/api/v2/flows/lookup');
  });

  it('asks for integration actions of all kinds, because the list leaves out those of authentication', () => {
    expect(BULK_READS['GET /api/v2/integrations/actions/:actionId']?.query).toEqual({ includeAuthActions: 'true' });
  });

  it('leaves out reads whose list has a smaller model or needs `expand` for some fields', () => {
    for (const path of [
      'speechandtextanalytics/programs/:programId',
      'speechandtextanalytics/topics/:topicId',
      'journey/views/:viewId',
      'gamification/profiles/:profileId/metrics/:metricId',
      'businessrules/decisiontables/:tableId',
    ]) {
      expect(BULK_READS).not.toHaveProperty([`GET /api/v2/${path}`]);
    }
  });

  it.each([
    ['GET /api/v2/integrations/:integrationId', 100],
    ['GET /api/v2/integrations/actions/:actionId', 50],
    ['GET /api/v2/journey/actionmaps/:actionMapId', 100],
    ['GET /api/v2/journey/outcomes/:outcomeId', 20],
    ['GET /api/v2/journey/segments/:segmentId', 100],
    ['GET /api/v2/quality/forms/evaluations/:formId', 100],
    ['GET /api/v2/speechandtextanalytics/categories/:categoryId', 25],
  ])('has the documented maximum of %s: %i', (pattern, max) => {
    expect(BULK_READS[pattern]?.max).toBe(max);
  });

  it('names one parameter of each single read that the list lacks, which is the id', () => {
    for (const [pattern, { list, passes, expands = [] }] of rows) {
      const parameters = [...pattern.matchAll(/:\w+/g)].map(([name]) => name);
      expect([pattern, parameters.filter((name) => !list.includes(name))]).toEqual([pattern, [expect.any(String)]]);
      expect(passes).toEqual(expect.arrayContaining(expands));
    }
  });

  it('never asks for more ids than a list without page size gives', () => {
    expect(BULK_READS['GET /api/v2/assistants/agentchecklists/:agentChecklistId']?.max).toBe(25);
  });
});

describe('the table of paged operations', () => {
  const rowOf = (name: string) => PAGED_OPERATIONS.find(([, methods]) => methods.split(/\s+/).includes(name))?.[0];

  it('counts the operations of each style once', () => {
    const names = PAGED_OPERATIONS.flatMap(([, methods]) => methods.trim().split(/\s+/));
    expect(new Set(names).size).toBe(names.length);
    const counts: Record<string, number> = {};
    for (const [{ style }, methods] of PAGED_OPERATIONS) {
      counts[style] = (counts[style] ?? 0) + methods.trim().split(/\s+/).length;
    }
    expect(counts).toEqual({ pageNumber: 307, after: 92, cursor: 37, nextPage: 5 });
  });

  it.each([
    ['getRoutingQueueMembers', { style: 'pageNumber', max: 100 }],
    ['getRoutingQueuesDivisionviews', { max: 100, maxPage: 5, instead: 'getRoutingQueuesDivisionviewsAll' }],
    ['getRoutingQueuesDivisionviewsAll', { max: 500 }],
    ['getExternalcontactsContacts', { maxItems: 1_000, instead: 'getExternalcontactsScanContacts' }],
    ['getExternalcontactsScanContacts', { style: 'cursor', size: 'limit', max: 200 }],
    ['getAuditsQueryTransactionIdResults', { style: 'cursor', max: 500 }],
    ['getAssistants', { style: 'after', size: 'pageSize', max: 200 }],
    ['getSpeechandtextanalyticsTopics', { style: 'nextPage', max: 500 }],
    ['getAuthorizationDivisions', { style: 'pageNumber' }],
    ['getUsers', { style: 'pageNumber', assume: 100 }],
    ['postAnalyticsConversationsDetailsQuery', { items: 'conversations', body: 'paging' }],
    ['postUsersSearch', { items: 'results', body: '' }],
  ])('has what the SDK documents of %s', (name, row) => {
    expect(rowOf(name)).toMatchObject(row);
  });

  it('sends no page size where the SDK documents no default that is smaller', () => {
    expect(rowOf('getAnalyticsConversationsDetailsJobResults')).toEqual({
      style: 'cursor',
      items: 'conversations',
      size: 'pageSize',
    });
    expect(rowOf('getTelephonyProvidersEdgesTimezones')).not.toHaveProperty('assume');
  });

  it('leaves out lists that do not page any more', () => {
    expect(rowOf('getWorkforcemanagementManagementunits')).toBeUndefined();
  });
});

describe('the table of jobs', () => {
  it('has the jobs with methods for their state and their results', () => {
    const names = Object.keys(JOBS);
    expect(names).toHaveLength(26);
    expect(names.filter((name) => name.startsWith('postAnalytics'))).toHaveLength(20);
    expect(JOBS['postAnalyticsConversationsDetailsJobs']).toEqual({
      id: 'jobId',
      status: 'getAnalyticsConversationsDetailsJob',
      results: 'getAnalyticsConversationsDetailsJobResults',
      items: 'conversations',
      cursor: true,
      cancel: 'deleteAnalyticsConversationsDetailsJob',
    });
  });
});

describe('the table of writes in bulk', () => {
  it('has the reviewed methods with their documented maximum', () => {
    expect(Object.keys(BULK_WRITES)).toHaveLength(29);
    expect(BULK_WRITES['patchUsersBulk']).toEqual({ position: 0, max: 50, entities: 'entities' });
    expect(BULK_WRITES['postRoutingQueueMembers']).toEqual({ position: 1, max: 100 });
    expect(BULK_WRITES['postExternalcontactsBulkContactsEnrich']).toMatchObject({ max: 10 });
  });

  it('leaves out methods that replace a whole set', () => {
    expect(BULK_WRITES).not.toHaveProperty('putUserRoutingskillsBulk');
    expect(BULK_WRITES).not.toHaveProperty('postAuthorizationSubjectBulkreplace');
  });
});
