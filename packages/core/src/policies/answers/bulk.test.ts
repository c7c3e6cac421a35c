import { describe, expect, it } from 'vitest';
import {
  type BulkOptions,
  callInfo,
  createHoldline,
  type EndpointPolicies,
  type Holdline,
  type HoldlineConfig,
  type HoldlineEvents,
  withCall,
} from '../../index.js';
import { type Running, track } from '../../line/transport.fixture.js';
import { assertNoStalledCalls, seededRandom, VirtualClock } from '../../testing.js';
import { type Asked, type Native, ORIGIN, UserPlatform, USERS } from './bulk.fixture.js';

interface World {
  clock: VirtualClock;
  line: Holdline;
  platform: UserPlatform;
  events: HoldlineEvents['bulkRead'][];
  /** Starts a read of `/users/:id`, or another request. */
  read(asked: string | Asked): Running;
}

function world(bulk: Partial<BulkOptions> = {}, config: HoldlineConfig = {}, own: EndpointPolicies = {}): World {
  const clock = new VirtualClock();
  const endpoints = { 'GET /users/:id': { bulk: { ...USERS, ...bulk }, ...own }, ...config.endpoints };
  const line = createHoldline({ clock, random: seededRandom(1), retry: false, governor: false, ...config, endpoints });
  clock.afterEachStep(() => assertNoStalledCalls(line));
  const platform = new UserPlatform(clock).add('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const events: HoldlineEvents['bulkRead'][] = [];
  line.on('bulkRead', (event) => void events.push(event));
  const read = (asked: string | Asked): Running => {
    const request = platform.request(typeof asked === 'string' ? { url: `/users/${asked}` } : asked);
    return track(clock, line.run(request));
  };
  return { clock, line, platform, events, read };
}

const bodyOf = ({ value, error }: Running): unknown =>
  JSON.parse(((value ?? error) as Native).body as string) as unknown;
const statusOf = ({ value, error }: Running): number => ((value ?? error) as Native).status;

describe('bulk reads', () => {
  it('answer the single reads of one turn from one list', async () => {
    const { clock, line, platform, events, read } = world({ max: 5 });
    const calls = ['a', 'b', 'c'].map(read);
    await clock.run();
    expect(platform.table).toEqual(['0 GET /users?pageSize=3&id=a,b,c']);
    expect(calls.map(bodyOf)).toEqual(['a', 'b', 'c'].map((id) => ({ id, name: `User ${id}` })));
    expect(calls.map(statusOf)).toEqual([200, 200, 200]);
    expect(line.snapshot().answers.bulk).toEqual({ requests: 1, answered: 3, alone: 0 });
    const [event] = events;
    expect(events).toHaveLength(1);
    expect(event).toEqual({
      route: 'GET /users/:id',
      list: '/users',
      ids: 3,
      status: 200,
      calls: 3,
      answered: 3,
      alone: 0,
    });
  });

  it('say in the info and in the event of a call that it cost no request', async () => {
    const { clock, line, read } = world();
    const ends: HoldlineEvents['call'][] = [];
    line.on('call', (event) => void ends.push(event));
    const calls = ['a', 'b'].map(read);
    await clock.run();
    expect(callInfo(calls[0]?.value)).toMatchObject({ attempts: 0, status: 200, fromCache: false });
    const own = ends.filter(({ route }) => route === 'GET /users/:id');
    expect(own.map(({ answeredBy, attempts, outcome }) => [answeredBy, attempts, outcome])).toEqual([
      ['bulk read', 0, 'ok'],
      ['bulk read', 0, 'ok'],
    ]);
    expect(ends.find(({ route }) => route === 'GET /users')).toMatchObject({ attempts: 1, answeredBy: undefined });
  });

  it('keep the headers that describe the item, and drop those of the list', async () => {
    const { clock, read } = world();
    const [call] = ['a', 'b'].map(read);
    await clock.run();
    expect((call?.value as Native).headers).toEqual({ 'content-type': 'application/json' });
  });

  it('wait for others for `withinMs`, and count equal ids once', async () => {
    const { clock, platform, read } = world({ withinMs: 20 });
    const first = read('a');
    await clock.advance(15);
    const others = ['b', 'a'].map(read);
    await clock.run();
    expect(platform.table).toEqual(['20 GET /users?pageSize=2&id=a,b']);
    expect([first, ...others].map(bodyOf)).toMatchObject([{ id: 'a' }, { id: 'b' }, { id: 'a' }]);
  });

  it('send a full list at once', async () => {
    const { clock, platform, read } = world({ withinMs: 20 });
    ['a', 'b', 'c'].map(read);
    await clock.run();
    expect(platform.table).toEqual(['0 GET /users?pageSize=3&id=a,b,c']);
  });

  it('put the ids that a full list has no room for into the next', async () => {
    const { clock, platform, read } = world({ withinMs: 20 });
    const calls = ['a', 'b', 'c', 'd', 'e'].map(read);
    await clock.run();
    expect(platform.table).toEqual(['0 GET /users?pageSize=3&id=a,b,c', '20 GET /users?pageSize=2&id=d,e']);
    expect(calls.map(statusOf)).toEqual([200, 200, 200, 200, 200]);
  });

  it('send a call without others itself', async () => {
    const { clock, line, platform, events, read } = world({ withinMs: 20 });
    const calls = ['a', 'a'].map(read);
    await clock.run();
    expect(platform.table).toEqual(['20 GET /users/a', '20 GET /users/a']);
    expect(calls.map((call) => callInfo(call.value)?.attempts)).toEqual([1, 1]);
    expect(line.snapshot().answers.bulk).toEqual({ requests: 0, answered: 0, alone: 2 });
    expect(events).toEqual([]);
  });

  it('keep the URL of a list below the limit of proxies', async () => {
    const { clock, platform, read } = world({ max: 100 });
    const ids = Array.from({ length: 20 }, (_, i) => `${i}-`.padEnd(600, 'x'));
    platform.add(...ids);
    const calls = ids.map(read);
    await clock.run();
    expect(calls.map(statusOf)).toEqual(ids.map(() => 200));
    expect(platform.lists.map((list) => list.length)).toEqual([11, 9]);
    expect(Math.max(...platform.table.map((line) => line.length))).toBeLessThan(7_100);
  });

  it('never join a list that is on the wire, so that a read after a write sees the write', async () => {
    const { clock, platform, read } = world();
    platform.afterMs = 10;
    const early = ['a', 'b'].map(read);
    await clock.advance(5);
    platform.changeList = (body) => body.replaceAll('User', 'Written');
    const late = ['a', 'b'].map(read);
    await clock.run();
    expect(platform.lists).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(early[0]?.at).toBe(10);
    expect(late.map((call) => call.at)).toEqual([15, 15]);
  });

  it.each<[string, Partial<BulkOptions>, string[], string]>([
    [
      'take over the query that the list knows, in any order',
      {},
      ['/users/a?state=any&expand=p,q', '/users/b?expand=p,q&state=any'],
      '/users?expand=p,q&state=any&pageSize=2&id=a,b',
    ],
    [
      'add their own query',
      { query: { state: 'any' } },
      ['/users/a', '/users/b'],
      '/users?state=any&pageSize=2&id=a,b',
    ],
    [
      'prefer the query of the call to their own',
      { query: { state: 'any' } },
      ['/users/a?state=active', '/users/b?state=active'],
      '/users?state=active&pageSize=2&id=a,b',
    ],
    ['encode ids', {}, ['/users/a%2F1', '/users/b%26c'], '/users?pageSize=2&id=a%2F1,b%26c'],
    ['ignore a slash at the end', {}, ['/users/a/', '/users/b'], '/users?pageSize=2&id=a,b'],
    ['need no page size', { pageSize: undefined as never }, ['/users/a', '/users/b'], '/users?id=a,b'],
  ])('%s', async (_, bulk, urls, sent) => {
    const { clock, platform, read } = world(bulk);
    platform.add('a/1', 'b&c');
    const calls = urls.map((url) => read({ url }));
    await clock.run();
    expect(platform.table).toEqual([`0 GET ${sent}`]);
    expect(calls.map(statusOf)).toEqual([200, 200]);
  });

  it('bind the parameters of the list, and keep the prefix of a gateway', async () => {
    const endpoints = {
      'GET /users/:userId/presences/:source': {
        bulk: { ...USERS, list: '/users/presences/:source/bulk', id: 'userId', items: '', key: 'userId' },
      },
    };
    const { clock, platform, read } = world({}, { endpoints, paths: { anchor: '/users' } });
    platform.failSingle = () => 200;
    const urls = ['/gate/way/users/a/presences/p1', '/gate/way/users/b/presences/p1', '/gate/way/users/c/presences/p2'];
    for (const url of urls) read({ url });
    await clock.run();
    expect(platform.table.filter((line) => line.includes('bulk') || line.includes('p2'))).toEqual([
      '0 GET /gate/way/users/presences/p1/bulk?pageSize=2&id=a,b',
      '0 GET /gate/way/users/c/presences/p2',
    ]);
  });

  it.each<[string, Asked, Asked]>([
    ['another origin', { url: '/users/a' }, { url: 'https://other.test/users/b' }],
    ['another prefix', { url: '/users/a' }, { url: '/x/users/b' }],
    ['another query', { url: '/users/a?expand=p' }, { url: '/users/b' }],
    [
      'another credential',
      { url: '/users/a', headers: { authorization: 'A' } },
      { url: '/users/b', headers: { authorization: 'B' } },
    ],
    [
      'another credential of the client',
      { url: '/users/a', with: { credential: 'A' } },
      { url: '/users/b', with: { credential: 'B' } },
    ],
    ['another tenant', { url: '/users/a', context: { tenant: 'A' } }, { url: '/users/b', context: { tenant: 'B' } }],
    ['another client', { url: '/users/a', with: { owner: {} } }, { url: '/users/b', with: { owner: {} } }],
    ['another form of the body', { url: '/users/a', with: { form: 'bytes' } }, { url: '/users/b' }],
    ['another language', { url: '/users/a', headers: { 'accept-language': 'de' } }, { url: '/users/b' }],
    ['another media type', { url: '/users/a', headers: { accept: 'text/csv' } }, { url: '/users/b' }],
    ['other cookies', { url: '/users/a', headers: { cookie: 'a=1' } }, { url: '/users/b' }],
  ])('do not mix calls with %s', async (_, one, other) => {
    const { clock, platform, read } = world({}, { paths: { anchor: '/users' } });
    const calls = [one, other].map(read);
    await clock.run();
    expect(platform.lists).toEqual([]);
    expect(calls.map(statusOf)).toEqual([200, 200]);
  });
});

describe('a call is sent itself, without a wait, if', () => {
  it.each<[string, Asked]>([
    ['its id is no id', { url: '/users/me' }],
    ['its id is no id in another case', { url: '/users/ME' }],
    ['its id has a comma', { url: '/users/x%2Cy' }],
    ['its id has a space', { url: '/users/x%20y' }],
    ['its id is malformed', { url: '/users/%E0%A4%A' }],
    ['its query is not one of the list', { url: '/users/x?fields=id' }],
    ['its query is malformed', { url: '/users/x?expand=%E0%A4%A' }],
    ['its URL has a user', { url: 'https://u:p@api.test/users/x' }],
    ['it is no GET', { url: '/users/x', method: 'HEAD' }],
    ['it is a step of a transaction', { url: '/users/x', context: { transaction: 't' } }],
    ['it has a key', { url: '/users/x', context: { idempotencyKey: 'k' } }],
    ['it has a body', { url: '/users/x', payload: '{}' }],
    ['it asks for a part', { url: '/users/x', headers: { range: 'bytes=0-1' } }],
    ['it asks for a change', { url: '/users/x', headers: { 'if-none-match': '"1"' } }],
    ['its client makes no other request', { url: '/users/x', with: { variant: undefined } }],
    ['its client reads no bodies', { url: '/users/x', with: { answerBody: undefined } }],
    ['its client makes no results', { url: '/users/x', with: { restoreAnswer: undefined } }],
    ['its budget ends during the wait', { url: '/users/x', context: { totalTimeoutMs: 15 } }],
  ])('%s', async (_, asked) => {
    const { clock, platform, read } = world({ withinMs: 20 }, { endpoints: { '* /users/:id': { bulk: USERS } } });
    platform.add('me', 'ME', 'x', 'x,y', 'x y');
    const calls = [read(asked), read(asked), read('b'), read('c')];
    await clock.run();
    const own = platform.table.filter((line) => !line.includes('id=b,c'));
    expect(own).not.toHaveLength(0);
    expect(own.filter((line) => !line.startsWith('0 ') || line.includes('?id='))).toEqual([]);
    expect(calls.slice(2).map(bodyOf)).toMatchObject([{ id: 'b' }, { id: 'c' }]);
  });

  it('the line makes a dry run', async () => {
    const { clock, platform, read } = world({}, { dryRun: true });
    ['a', 'b'].map(read);
    await clock.run();
    expect(platform.lists).toEqual([]);
  });

  it('an endpoint switches bulk reads off', async () => {
    const { clock, platform, read } = world({}, {}, { bulk: false });
    ['a', 'b'].map(read);
    await clock.run();
    expect(platform.lists).toEqual([]);
  });
});

describe('an id that the list does not answer', () => {
  it('is asked for itself, so that the caller gets the 404 of the platform', async () => {
    const { clock, line, platform, events, read } = world({ max: 5 });
    platform.users.set('i', { id: 'i', state: 'inactive' });
    const calls = ['a', 'missing', 'b', 'i'].map(read);
    await clock.run();
    expect(platform.table).toEqual([
      '0 GET /users?pageSize=4&id=a,missing,b,i',
      '0 GET /users/missing',
      '0 GET /users/i',
    ]);
    expect(calls.map(statusOf)).toEqual([200, 404, 200, 200]);
    expect(bodyOf(calls[1] as Running)).toEqual({ message: 'no user missing' });
    expect(bodyOf(calls[3] as Running)).toEqual({ id: 'i', state: 'inactive' });
    expect(events).toMatchObject([{ calls: 4, answered: 2, alone: 2 }]);
    expect(line.snapshot().answers.bulk).toEqual({ requests: 1, answered: 2, alone: 2 });
  });

  it('is asked for itself if its item lacks an expanded field', async () => {
    const { clock, platform, read } = world();
    platform.users.set('a', { id: 'a', presence: 'kept' });
    platform.losesExpand = true;
    const calls = ['/users/a?expand=presence', '/users/b?expand=presence'].map((url) => read({ url }));
    await clock.run();
    expect(platform.table).toEqual([
      '0 GET /users?expand=presence&pageSize=2&id=a,b',
      '0 GET /users/b?expand=presence',
    ]);
    expect(calls.map(bodyOf)).toMatchObject([{ presence: 'kept' }, { presence: 'presence of b' }]);
  });

  it('finds nested fields, and fields in another case', async () => {
    const { clock, platform, read } = world();
    for (const id of ['a', 'b']) platform.users.set(id, { id, authorization: { unusedRoles: [] }, lastTokenIssued: 1 });
    platform.losesExpand = true;
    for (const id of ['a', 'b']) read({ url: `/users/${id}?expand=authorization.unusedRoles%2Clasttokenissued` });
    await clock.run();
    expect(platform.table).toHaveLength(1);
  });

  it('is not asked for by a list again for a while if the list never has the field', async () => {
    const { clock, platform, read } = world();
    platform.losesExpand = true;
    for (let round = 0; round < 2; round++) {
      for (const id of ['a', 'b']) read({ url: `/users/${id}?expand=presence` });
      await clock.run();
    }
    expect(platform.lists).toHaveLength(1);
    for (const id of ['a', 'b']) read(id);
    await clock.run();
    expect(platform.lists).toHaveLength(2);
  });

  it.each<[string, (body: string) => unknown]>([
    ['has no such items', () => '{"entities":[{"id":"x"},{"name":"a"},null,"a",7]}'],
    ['has two items with the same id', () => '{"entities":[{"id":"a"},{"id":"a"},{"id":"b"},{"id":"b"}]}'],
    ['has its items elsewhere', () => '{"items":[{"id":"a"},{"id":"b"}]}'],
    ['is no list', () => '{"entities":{"id":"a"}}'],
    ['is no JSON', () => '<html>'],
    ['has a number that a double cannot hold', () => '{"entities":[{"id":"a","n":12345678901234567},{"id":"b"}]}'],
    ['has no readable body', () => undefined],
    ['has a body of another kind', () => new Date(0)],
  ])('is asked for itself if the list %s', async (_, change) => {
    const { clock, platform, read } = world();
    platform.changeList = change;
    const calls = ['a', 'b'].map(read);
    await clock.run();
    expect(platform.table.slice(1)).toEqual(['0 GET /users/a', '0 GET /users/b']);
    expect(calls.map(bodyOf)).toMatchObject([{ name: 'User a' }, { name: 'User b' }]);
  });

  it('is found by a number, and a UUID in another case', async () => {
    const { clock, platform, read } = world({ max: 5 });
    const uuid = '0a1b2c3d-0000-4000-8000-00000000abcd';
    platform.users.set('7', { id: 7 });
    platform.users.set(uuid.toUpperCase(), { id: uuid });
    platform.users.set('ABC', { id: 'abc' });
    const calls = ['7', uuid.toUpperCase(), 'ABC'].map(read);
    await clock.run();
    expect(platform.table.slice(1)).toEqual(['0 GET /users/ABC']);
    expect(calls.map(bodyOf)).toEqual([{ id: 7 }, { id: uuid }, { id: 'abc' }]);
  });
});

describe('each caller gets the form of its client', () => {
  const list = { entities: [{ id: 'a' }, { id: 'b' }] };
  it.each<[string, unknown, unknown]>([
    ['text', JSON.stringify(list), '{"id":"a"}'],
    ['bytes', new TextEncoder().encode(JSON.stringify(list)), new TextEncoder().encode('{"id":"a"}')],
    ['a Buffer', Buffer.from(JSON.stringify(list)), Buffer.from('{"id":"a"}')],
    [
      'an ArrayBuffer',
      new TextEncoder().encode(JSON.stringify(list)).buffer,
      new TextEncoder().encode('{"id":"a"}').buffer,
    ],
    ['data', list, { id: 'a' }],
  ])('%s', async (_, given, expected) => {
    const { clock, platform, read } = world();
    platform.changeList = () => given;
    const calls = ['a', 'a', 'b'].map(read);
    await clock.run();
    const [one, same] = calls.map((call) => (call.value as Native).body);
    expect(one).toEqual(expected);
    expect((one as object).constructor).toBe((expected as object).constructor);
    if (typeof one === 'object') expect(one).not.toBe(same);
    expect(platform.table).toHaveLength(1);
    expect(platform.released).toBe(1);
  });

  it('and sends the calls of a client that cannot make a result from an item', async () => {
    const { clock, platform, read } = world();
    const throwing = {
      url: '/users/a',
      with: {
        restoreAnswer: () => {
          throw new Error('no');
        },
      },
    };
    const calls = [read(throwing), read({ url: '/users/b', with: { restoreAnswer: () => undefined } }), read('c')];
    await clock.run();
    expect(platform.table.slice(1)).toEqual(['0 GET /users/a', '0 GET /users/b']);
    expect(calls.map(statusOf)).toEqual([200, 200, 200]);
  });
});

describe('a caller that ends', () => {
  it('during the wait is not in the list', async () => {
    const { clock, platform, read } = world({ withinMs: 20, max: 5 });
    const abort = new AbortController();
    const calls = [read({ url: '/users/a', signal: abort.signal }), read('b'), read('c')];
    await clock.advance(10);
    abort.abort();
    await clock.run();
    expect(calls[0]).toMatchObject({ at: 10, error: { name: 'AbortError' } });
    expect(platform.table).toEqual(['20 GET /users?pageSize=2&id=b,c']);
  });

  it('during the wait leaves a list that another caller of the id needs', async () => {
    const { clock, platform, read } = world({ withinMs: 20 });
    const abort = new AbortController();
    const calls = [read({ url: '/users/a', signal: abort.signal }), read('a'), read('b')];
    await clock.advance(10);
    abort.abort();
    await clock.run();
    expect(platform.table).toEqual(['20 GET /users?pageSize=2&id=a,b']);
    expect(calls.slice(1).map(statusOf)).toEqual([200, 200]);
  });

  it('as the last one sends nothing and leaves no timer', async () => {
    const { clock, platform, read } = world({ withinMs: 20 });
    const abort = new AbortController();
    for (const id of ['a', 'b']) read({ url: `/users/${id}`, signal: abort.signal });
    await clock.advance(10);
    abort.abort();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
    await clock.run();
    expect(platform.table).toEqual([]);
  });

  it('while the list is on the wire leaves the others alone', async () => {
    const { clock, platform, read } = world();
    platform.afterMs = 10;
    const calls = [read({ url: '/users/a', context: { totalTimeoutMs: 5 } }), read('b')];
    await clock.run();
    expect(calls[0]).toMatchObject({ at: 5, error: { code: 'HOLDLINE_DEADLINE', attempts: 0 } });
    expect(calls[1]?.at).toBe(10);
    expect(platform.table).toHaveLength(1);
    expect(platform.aborted).toBe(0);
  });

  it('as the last one aborts the list on the wire', async () => {
    const { clock, platform, events, read } = world();
    platform.afterMs = 100;
    const [one, other] = [new AbortController(), new AbortController()];
    read({ url: '/users/a', signal: one.signal });
    read({ url: '/users/b', signal: other.signal });
    await clock.advance(10);
    one.abort();
    await clock.advance(10);
    expect(platform.aborted).toBe(0);
    other.abort();
    await clock.run();
    expect(platform.aborted).toBe(1);
    expect(platform.table).toHaveLength(1);
    expect(events).toMatchObject([{ calls: 2, answered: 0, alone: 0, status: undefined }]);
  });

  it('because the line closes gets a ClosedError while it waits, and its answer if the list is on the wire', async () => {
    const { clock, line, platform, read } = world({ withinMs: 20 });
    platform.afterMs = 10;
    const sent = ['a', 'b', 'c'].map(read);
    const waiting = ['d', 'e'].map(read);
    await clock.advance(5);
    const closed = line.close();
    await clock.run();
    await closed;
    expect(sent.map(statusOf)).toEqual([200, 200, 200]);
    expect(waiting).toMatchObject([
      { at: 5, error: { code: 'HOLDLINE_CLOSED' } },
      { at: 5, error: { code: 'HOLDLINE_CLOSED' } },
    ]);
    expect(platform.table).toHaveLength(1);
  });
});

describe('a list that fails', () => {
  it.each([400, 413, 414])('with %i is split in halves', async (status) => {
    const { clock, platform, events, read } = world({ max: 10 });
    platform.failList = (ids) => (ids.length > 2 ? status : undefined);
    const calls = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(read);
    await clock.run();
    expect(platform.lists.map((ids) => ids.join(''))).toEqual(['abcdefg', 'abcd', 'efg', 'ab', 'cd']);
    expect(platform.table.slice(5)).toEqual(['0 GET /users/e', '0 GET /users/f', '0 GET /users/g']);
    expect(calls.map(statusOf)).toEqual(calls.map(() => 200));
    expect(events.map(({ ids, status: got, answered, alone }) => [ids, got, answered, alone])).toEqual([
      [7, status, 0, 0],
      [4, status, 0, 0],
      [3, status, 0, 3],
      [2, 200, 2, 0],
      [2, 200, 2, 0],
    ]);
  });

  it('teaches the size that works, for a while', async () => {
    const { clock, platform, read } = world({ max: 8 });
    platform.add('h').max = 5;
    const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    all.map(read);
    await clock.run();
    all.map(read);
    await clock.run();
    expect(platform.lists.map((ids) => ids.length)).toEqual([8, 4, 4, 4, 4]);
    await clock.advance(600_000);
    all.map(read);
    await clock.run();
    expect(platform.lists.map((ids) => ids.length).slice(5)).toEqual([8, 4, 4]);
  });

  it('because of one id stays as long as before', async () => {
    const { clock, platform, read } = world({ max: 4 });
    platform.failList = (ids) => (ids.includes('bad') ? 400 : undefined);
    platform.failSingle = (id) => (id === 'bad' ? 400 : undefined);
    const rounds = [
      ['a', 'b', 'c', 'd'],
      ['a', 'bad', 'c', 'd'],
      ['a', 'b', 'c', 'd'],
    ];
    const calls: Running[][] = [];
    for (const round of rounds) {
      calls.push(round.map(read));
      await clock.run();
    }
    expect(platform.lists.map((ids) => ids.length)).toEqual([4, 4, 2, 2, 4]);
    expect(calls[1]?.map(statusOf)).toEqual([200, 400, 200, 200]);
  });

  it('because of one id does not make lists shorter than before', async () => {
    const { clock, platform, read } = world({ max: 4 });
    platform.failList = (ids) => (ids.includes('bad') ? 400 : undefined);
    for (const round of [
      ['a', 'b', 'c'],
      ['a', 'bad'],
      ['a', 'b', 'c', 'd'],
    ]) {
      round.map(read);
      await clock.run();
    }
    expect(platform.lists.map((ids) => ids.length)).toEqual([3, 2, 4]);
  });

  it('does not send the halves whose callers have ended', async () => {
    const { clock, platform, read } = world({ max: 8 });
    platform.max = 3;
    platform.afterMs = 10;
    const abort = new AbortController();
    for (const id of ['a', 'b']) read({ url: `/users/${id}`, signal: abort.signal });
    ['c', 'd'].map(read);
    await clock.advance(5);
    abort.abort();
    await clock.run();
    expect(platform.table.slice(1)).toEqual(['10 GET /users?pageSize=2&id=c,d']);
  });

  it.each([401, 403, 404, 405])('with %i is not tried again for a while, for this credential', async (status) => {
    const { clock, platform, read } = world();
    platform.failList = () => status;
    const round = async (authorization: string): Promise<number[]> => {
      const calls = ['a', 'b'].map((id) => read({ url: `/users/${id}`, headers: { authorization } }));
      await clock.advance(10);
      return calls.map(statusOf);
    };
    expect(await round('A')).toEqual([200, 200]);
    expect(await round('A')).toEqual([200, 200]);
    expect(platform.lists).toHaveLength(1);
    expect(await round('B')).toEqual([200, 200]);
    expect(platform.lists).toHaveLength(2);
    await clock.advance(300_000);
    await round('A');
    expect(platform.lists).toHaveLength(3);
  });

  it.each<[string, number | 'reset']>([
    ['500', 500],
    ['429', 429],
    ['503', 503],
    ['a broken connection', 'reset'],
  ])('with %s lets each call go itself, and is tried again', async (_, failure) => {
    const { clock, platform, read } = world();
    platform.failList = () => failure;
    const calls = ['a', 'b'].map(read);
    await clock.run();
    expect(calls.map(statusOf)).toEqual([200, 200]);
    ['a', 'b'].map(read);
    await clock.run();
    expect(platform.lists).toHaveLength(2);
  });

  it('by an error of the line lets each call go itself', async () => {
    const { clock, line, platform, read } = world();
    line.isolate('GET /users');
    const calls = ['a', 'b'].map(read);
    await clock.run();
    expect(platform.table).toEqual(['0 GET /users/a', '0 GET /users/b']);
    expect(calls.map(statusOf)).toEqual([200, 200]);
  });

  it('because the client cannot make it lets each call go itself', async () => {
    const { clock, platform, read } = world();
    const variant = (): never => {
      throw new Error('no');
    };
    const calls = ['a', 'b'].map((id) => read({ url: `/users/${id}`, with: { variant } }));
    await clock.run();
    expect(calls.map(statusOf)).toEqual([200, 200]);
    expect(platform.lists).toEqual([]);
  });
});

describe('the request for a list', () => {
  it('has the priority of its most important call, its tenant, and nothing else of the callers', async () => {
    const { clock, line, platform, read } = world();
    const starts: HoldlineEvents['callStarted'][] = [];
    line.on('callStarted', (event) => void starts.push(event));
    withCall({ tenant: 'T', priority: 'background', totalTimeoutMs: 60_000 }, () => read('a'));
    withCall({ tenant: 'T', priority: 'high', totalTimeoutMs: 60_000 }, () => read('b'));
    await clock.run();
    expect(starts.at(-1)).toMatchObject({ route: 'GET /users', priority: 'high', tenant: 'T' });
    expect(platform.table).toHaveLength(1);
  });

  it('is not read in bulk itself', async () => {
    const endpoints = { 'GET /:kind': { bulk: { ...USERS, list: '/all' } } };
    const { clock, platform, read } = world({}, { endpoints });
    ['a', 'b'].map(read);
    await clock.run();
    expect(platform.table).toEqual(['0 GET /users?pageSize=2&id=a,b']);
  });

  it('passes the policies of its own route', async () => {
    const endpoints: HoldlineConfig['endpoints'] = { 'GET /users': { retry: { maxAttempts: 2, baseDelayMs: 1 } } };
    const { clock, platform, read } = world({}, { endpoints });
    let fails = 1;
    platform.failList = () => (fails-- > 0 ? 503 : undefined);
    const calls = ['a', 'b'].map(read);
    await clock.run();
    expect(platform.lists).toHaveLength(2);
    expect(calls.map((call) => callInfo(call.value)?.attempts)).toEqual([0, 0]);
  });

  it('is shown by explain without the internals of the endpoint', () => {
    const { line } = world();
    const { policies } = line.explain({ method: 'GET', url: `${ORIGIN}/users/a` });
    const { options } = policies.find(({ name }) => name === 'bulk') ?? {};
    expect(options).toEqual({ ...USERS, endpoint: 'GET /users/:id' });
    expect(policies.map(({ name }) => name)).toEqual(['deadline', 'bulk', 'idempotency', 'breaker']);
  });
});
