import { describe, expect, it } from 'vitest';
import { eventBridge } from '../index.js';
import { inboundRequest, outcomeOf } from './test-request.js';

const SECRET = 'api-key-of-the-connection';
const SOURCE = 'aws.partner/genesys.com/cloud/d7934305-0972-4844-938e-9060eef73d05/holdline';

/** An event as Genesys Cloud sends it over EventBridge. */
const EVENT = {
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': 'v2.users.{id}.presence',
  source: SOURCE,
  account: '123456789012',
  time: '2026-01-01T00:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: {
    topicName: 'v2.users.6f2cbd2a-9c0e-4d3e-8a29-0a4d8e7f6a11.presence',
    version: '2',
    eventBody: { source: 'PURECLOUD', presenceDefinition: { id: 'p', systemPresence: 'AVAILABLE' }, primary: true },
    metadata: { CorrelationId: '5c6a3c1e-3c7b-4d35-9b4a-2c1e5a1f9b11' },
  },
};
const BODY = JSON.stringify(EVENT);
const HEADERS = { 'x-api-key': SECRET };

describe('events of EventBridge API destinations', () => {
  const verifier = eventBridge({ secret: SECRET });

  it('accepts an event, with the entity of its topic as key', async () => {
    expect(await outcomeOf(verifier, BODY, HEADERS)).toEqual([
      { id: EVENT.id, key: '6f2cbd2a-9c0e-4d3e-8a29-0a4d8e7f6a11', type: 'v2.users.{id}.presence', data: EVENT },
    ]);
  });

  it('accepts a list of events in its order', async () => {
    const list = ['a', 'b', 'c'].map((id) => ({ ...EVENT, id }));
    expect(await outcomeOf(verifier, JSON.stringify(list), HEADERS)).toMatchObject([
      { id: 'a' },
      { id: 'b' },
      { id: 'c' },
    ]);
    expect(await outcomeOf(verifier, '[]', HEADERS)).toEqual([]);
    expect(await outcomeOf(verifier, JSON.stringify([EVENT, {}]), HEADERS)).toBe(400);
  });

  it.each<[string, string, string | undefined]>([
    ['v2.detail.events.conversation.{id}.user.end', 'v2.detail.events.conversation.c1.user.end', 'c1'],
    ['v2.routing.queues.{id}.conversations.{id}', 'v2.routing.queues.q1.conversations.c1', 'q1/c1'],
    ['v2.system.no_subscription', 'v2.system.no_subscription', undefined],
    ['v2.users.{id}.presence', 'v2.users.presence', undefined],
    ['', '', undefined],
  ])('reads the key of %s', async (type, topicName, key) => {
    const body = JSON.stringify({ ...EVENT, 'detail-type': type, detail: { topicName } });
    expect(await outcomeOf(verifier, body, HEADERS)).toMatchObject([{ key }]);
  });

  it('gives no key to events of other sources, unless the application names one', async () => {
    const other = { id: 'e', source: 'com.example.orders', 'detail-type': 'order', detail: { order: 7 } };
    const body = JSON.stringify(other);
    expect(await outcomeOf(verifier, body, HEADERS)).toEqual([{ id: 'e', key: undefined, type: 'order', data: other }]);
    const keyed = eventBridge({ secret: SECRET, key: ({ detail }) => String((detail as { order: number }).order) });
    expect(await outcomeOf(keyed, body, HEADERS)).toMatchObject([{ key: '7' }]);
  });

  it('accepts the allowed sources only', async () => {
    const strict = eventBridge({ secret: SECRET, sources: [SOURCE] });
    expect(await outcomeOf(strict, BODY, HEADERS)).toHaveLength(1);
    for (const source of [`${SOURCE}x`, SOURCE.slice(0, -1), '', undefined])
      expect(await outcomeOf(strict, JSON.stringify({ ...EVENT, source }), HEADERS)).toBe(400);
  });

  it('accepts another header, and each of several secrets', async () => {
    const basic = `Basic ${btoa('name:password')}`;
    const rotating = eventBridge({ header: 'Authorization', secret: [basic, 'old'] });
    expect(await outcomeOf(rotating, BODY, { authorization: basic })).toHaveLength(1);
    expect(await outcomeOf(rotating, BODY, { authorization: 'old' })).toHaveLength(1);
    expect(await outcomeOf(rotating, BODY, { 'x-api-key': basic })).toBe(401);
  });

  it('lets the application check the tokens of OAuth connections', async () => {
    const oauth = eventBridge({ authorize: async (request) => request.header('authorization') === 'Bearer good' });
    expect(await outcomeOf(oauth, BODY, { authorization: 'Bearer good' })).toHaveLength(1);
    expect(await outcomeOf(oauth, BODY, { authorization: 'Bearer bad' })).toBe(401);
    const truthy = eventBridge({ authorize: () => 'yes' as never });
    expect(await outcomeOf(truthy, BODY, {})).toBe(401);
  });

  it.each<[string, Record<string, string>]>([
    ['no header', {}],
    ['another secret', { 'x-api-key': 'api-key-of-another-one' }],
    ['the start of the secret', { 'x-api-key': SECRET.slice(0, -1) }],
    ['a longer secret', { 'x-api-key': `${SECRET}!` }],
    ['the secret in capitals', { 'x-api-key': SECRET.toUpperCase() }],
    ['the header twice', { 'x-api-key': `${SECRET}, ${SECRET}` }],
    ['a value that is not ASCII', { 'x-api-key': '\u00e9'.repeat(SECRET.length) }],
    ['a huge value', { 'x-api-key': SECRET.repeat(100_000) }],
    ['the secret in hex', { 'x-api-key': Buffer.from(SECRET).toString('hex') }],
  ])('rejects %s', async (_name, headers) => {
    expect(await outcomeOf(verifier, BODY, headers)).toBe(401);
  });

  it.each(['', 'null', '7', '{}', '{"id":7}', '{"id":""}', BODY.slice(0, -1)])(
    'answers 400 to the authorized body %j',
    async (body) => {
      expect(await outcomeOf(verifier, body, HEADERS)).toBe(400);
    },
  );

  it('does not read the body of a request that is not authorized', async () => {
    const request = inboundRequest(BODY, { 'x-api-key': 'wrong' });
    const unread = Object.defineProperty({ ...request }, 'body', {
      get: () => {
        throw new Error('read');
      },
    });
    expect(await verifier(unread, 0)).toMatchObject({ status: 401 });
  });

  it('needs exactly one way to authorize, and shows no secret in errors', () => {
    for (const options of [{}, { secret: SECRET, authorize: () => true }])
      expect(() => eventBridge(options)).toThrow(/either secret or authorize/);
    expect(() => eventBridge({ secret: 7 as never })).toThrow(/eventBridge\.secret must be/);
    expect(() => eventBridge({ secret: SECRET, header: 'x api key' })).toThrow(/eventBridge\.header must be the name/);
    expect(() => eventBridge({ secret: SECRET, source: SOURCE } as never)).toThrow(/source is not known/);
  });
});
