import { describe, expect, it } from 'vitest';
import { BULK_READS } from './bulk-reads.js';

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
      absent: 'ask',
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
