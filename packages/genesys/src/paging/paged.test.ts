import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import type sdk from 'purecloud-platform-client-v2';
import { connectRealSdk, type FixtureAnswer, type RealSdk, type SeenRequest } from '../sdk/real-sdk.fixture.js';
import { paged } from './paged.js';

type Answer = (request: SeenRequest) => FixtureAnswer | Promise<FixtureAnswer>;

let connected: RealSdk | undefined;
afterEach(async () => {
  await connected?.close();
  connected = undefined;
});

async function connect(answer: Answer): Promise<RealSdk> {
  connected = await connectRealSdk(answer);
  return connected;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
const entities = (from: number, to: number): { id: string }[] => range(from, to).map((n) => ({ id: `e${n}` }));

/** A list with page numbers, as most Genesys lists are. */
function numbered(total: number, maxSize = 100): Answer {
  return ({ query }) => {
    const size = Number(query['pageSize'] ?? 25);
    const page = Number(query['pageNumber'] ?? 1);
    if (size > maxSize) return { status: 400, body: { message: 'page size too large' } };
    return {
      body: {
        entities: entities((page - 1) * size, Math.min(total, page * size)),
        pageSize: size,
        pageNumber: page,
        total,
        pageCount: Math.ceil(total / size),
      },
    };
  };
}

/** A list with tokens. `place` writes the token of the next page into an answer. */
function tokened(total: number, parameter: string, sizeName: string, place: (token: string) => object): Answer {
  return ({ query }) => {
    const size = Number(query[sizeName] ?? 25);
    const from = Number((query[parameter] ?? 't+/=0').slice('t+/='.length));
    const end = Math.min(total, from + size);
    return { body: { entities: entities(from, end), ...(end < total && place(`t+/=${end}`)) } };
  };
}

async function idsOf(list: AsyncIterable<unknown>): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of list) ids.push((item as { id: string }).id);
  return ids;
}

const ids = (total: number): string[] => entities(0, total).map(({ id }) => id);

describe('the four styles, with the real SDK', () => {
  it('reads page numbers with the largest page size', async () => {
    const { api, requests } = await connect(numbered(250));
    expect(await idsOf(paged(api('UsersApi'), 'getUsers', { expand: ['presence', 'team'] }))).toEqual(ids(250));
    expect(requests.map(({ query }) => query)).toEqual(
      [1, 2, 3].map((page) => ({ pageSize: '100', pageNumber: String(page), expand: 'presence,team' })),
    );
  });

  it('reads tokens of `nextUri`, which the platform encodes', async () => {
    const answer = tokened(450, 'after', 'pageSize', (token) => ({
      nextUri: `/api/v2/assistants?pageSize=200&after=${encodeURIComponent(token)}`,
    }));
    const { api, requests } = await connect(answer);
    expect(await idsOf(paged(api('AgentAssistantsApi'), 'getAssistants'))).toEqual(ids(450));
    expect(requests.map(({ query }) => query['after'])).toEqual([undefined, 't+/=200', 't+/=400']);
  });

  it('reads cursors of the answer', async () => {
    const { api, requests } = await connect(tokened(201, 'cursor', 'pageSize', (cursor) => ({ cursor })));
    expect(await idsOf(paged(api('UsersApi'), 'getUsersQuery'))).toEqual(ids(201));
    expect(requests).toHaveLength(3);
  });

  it('reads the cursors of a scan, with at most 200 items per page', async () => {
    const { api, requests } = await connect(tokened(1_500, 'cursor', 'limit', (after) => ({ cursors: { after } })));
    expect(await idsOf(paged(api('ExternalContactsApi'), 'getExternalcontactsScanContacts'))).toEqual(ids(1_500));
    expect(requests).toHaveLength(8);
    expect(requests[0]?.query).toEqual({ limit: '200' });
  });

  it('reads keys of the next page', async () => {
    const answer = tokened(90, 'nextPage', 'pageSize', (token) => ({
      nextUri: `/api/v2/x?nextPage=${encodeURIComponent(token)}`,
    }));
    const { api } = await connect(answer);
    expect(await idsOf(paged(api('SpeechTextAnalyticsApi'), 'getSpeechandtextanalyticsPrograms'))).toEqual(ids(90));
  });

  it('reads queries that select the page in their body', async () => {
    const { api, requests } = await connect(({ body }) => {
      const { paging } = body as { paging: { pageSize: number; pageNumber: number } };
      const from = (paging.pageNumber - 1) * paging.pageSize;
      const conversations = range(from, Math.min(230, from + paging.pageSize)).map((n) => ({
        conversationId: `c${n}`,
      }));
      return { body: { conversations, totalHits: 230 } };
    });
    const found: unknown[] = [];
    const query = { interval: '2026-01-01/2026-01-02', order: 'asc' };
    for await (const { conversationId } of paged(
      api('AnalyticsApi'),
      'postAnalyticsConversationsDetailsQuery',
      query,
    )) {
      found.push(conversationId);
    }
    expect(found).toEqual(range(0, 230).map((n) => `c${n}`));
    expect(requests.map(({ body }) => body)).toEqual(
      [1, 2, 3].map((pageNumber) => ({ ...query, paging: { pageSize: 100, pageNumber } })),
    );
  });

  it('passes the arguments before the options on', async () => {
    const { api, requests } = await connect(numbered(30));
    expect(await idsOf(paged(api('RoutingApi'), 'getRoutingQueueMembers', 'q1', { joined: true }))).toEqual(ids(30));
    expect(await idsOf(paged(api('RoutingApi'), 'getRoutingQueueMembers', 'q2'))).toEqual(ids(30));
    expect(requests.map(({ path, query }) => [path, query['joined']])).toEqual([
      ['/api/v2/routing/queues/q1/members', 'true'],
      ['/api/v2/routing/queues/q2/members', undefined],
    ]);
  });

  it('reads answers with status and headers around the body', async () => {
    const { api, client } = await connect(numbered(130));
    client.setReturnExtendedResponses(true);
    expect(await idsOf(paged(api('UsersApi'), 'getUsers'))).toEqual(ids(130));
  });

  it('gives the types of the items', () => {
    const check = (users: sdk.UsersApi, analytics: sdk.AnalyticsApi): void => {
      expectTypeOf(paged(users, 'getUsers').next()).resolves.toExtend<{ value: sdk.Models.User | undefined }>();
      const details = paged(analytics, 'getAnalyticsConversationsDetailsJobResults', 'job');
      expectTypeOf(details.next()).resolves.toExtend<{ value: sdk.Models.AnalyticsConversation | undefined }>();
      const byCall = paged((page) => users.getUsers(page), { operation: 'getUsers' });
      expectTypeOf(byCall.next()).resolves.toExtend<{ value: sdk.Models.User | undefined }>();
      // @ts-expect-error: the SDK has no such option
      paged(users, 'getUsers', { pageSise: 3 });
    };
    expect(check).toBeTypeOf('function');
  });
});

describe('page sizes', () => {
  it('reads with the platform’s own size where it refuses the assumed one', async () => {
    const { api, requests } = await connect(numbered(60, 50));
    expect(await idsOf(paged(api('UsersApi'), 'getUsers'))).toEqual(ids(60));
    expect(requests.map(({ query }) => query['pageSize'])).toEqual(['100', undefined, undefined, undefined]);
  });

  it('tries the same request without a size once, and gives its error to the caller', async () => {
    const { api, requests } = await connect(() => ({ status: 400, body: { message: 'bad filter' } }));
    await expect(idsOf(paged(api('UsersApi'), 'getUsers'))).rejects.toMatchObject({ status: 400 });
    expect(requests).toHaveLength(2);
  });

  it('does not repeat a refused request with a documented size', async () => {
    const { api, requests } = await connect(() => ({ status: 400, body: {} }));
    await expect(idsOf(paged(api('RoutingApi'), 'getRoutingQueueMembers', 'q'))).rejects.toMatchObject({ status: 400 });
    expect(requests).toHaveLength(1);
  });

  it('keeps a page size and a start of the caller', async () => {
    const { api, requests } = await connect(numbered(50));
    const list = paged(api('UsersApi'), 'getUsers', { pageSize: 10, pageNumber: 4 });
    expect(await idsOf(list)).toEqual(ids(50).slice(30));
    expect(requests.map(({ query }) => query)).toEqual([
      { pageSize: '10', pageNumber: '4' },
      { pageSize: '10', pageNumber: '5' },
    ]);
  });
});

describe('reading ahead', () => {
  it('requests one page ahead, not more', async () => {
    const { api, requests } = await connect(numbered(500));
    const list = paged(api('UsersApi'), 'getUsers');
    await list.next();
    await vi.waitFor(() => expect(requests).toHaveLength(2));
    for (let i = 0; i < 99; i++) await list.next();
    expect(requests).toHaveLength(2);
    await list.next();
    await vi.waitFor(() => expect(requests).toHaveLength(3));
  });

  it('requests a page only when it is asked for, with `prefetch: false`', async () => {
    const { api, requests } = await connect(numbered(300));
    const list = paged(api('UsersApi'), 'getUsers', {}, { prefetch: false });
    for (let i = 0; i < 100; i++) await list.next();
    expect(requests).toHaveLength(1);
    await list.next();
    expect(requests).toHaveLength(2);
  });

  it('reports the failure of a page that was requested ahead when that page is asked for', async () => {
    const pages = numbered(300);
    const { api, requests } = await connect((request) =>
      request.query['pageNumber'] === '2' ? { status: 403, body: { message: 'no' } } : pages(request),
    );
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    try {
      const list = paged(api('UsersApi'), 'getUsers');
      const first = await list.next();
      await vi.waitFor(() => expect(requests).toHaveLength(2));
      await new Promise((resolve) => setImmediate(resolve));
      const read = [first.value];
      for (let i = 1; i < 100; i++) read.push((await list.next()).value);
      expect(read).toHaveLength(100);
      const { cursor } = list;
      await expect(list.next()).rejects.toMatchObject({ status: 403 });
      expect(await list.next()).toEqual({ done: true, value: undefined });
      expect(list.cursor).toBe(cursor);
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
  });

  it('requests nothing more after `break`', async () => {
    const { api, requests } = await connect(numbered(1_000));
    for await (const user of paged(api('UsersApi'), 'getUsers')) {
      if (user.id === 'e99') break;
    }
    await vi.waitFor(() => expect(requests).toHaveLength(2));
    expect(requests).toHaveLength(2);
  });

  it('answers overlapping calls of next in their order', async () => {
    const { api } = await connect(numbered(30));
    const list = paged(api('UsersApi'), 'getUsers');
    const results = await Promise.all(Array.from({ length: 32 }, () => list.next()));
    expect(results.map(({ value }) => value?.id)).toEqual([...ids(30), undefined, undefined]);
  });
});

describe('cursors', () => {
  it('resume after the last delivered item', async () => {
    const { api, requests } = await connect(numbered(250));
    const first = paged(api('UsersApi'), 'getUsers', {}, { prefetch: false });
    const read: unknown[] = [];
    for (let i = 0; i < 130; i++) read.push((await first.next()).value);
    requests.length = 0;
    const rest = await idsOf(paged(api('UsersApi'), 'getUsers', {}, { from: first.cursor }));
    expect([...read.map((one) => (one as { id: string }).id), ...rest]).toEqual(ids(250));
    expect(requests.map(({ query }) => query['pageNumber'])).toEqual(['2', '3']);
  });

  it('do not read a finished page again, and the cursor of a finished list resumes nothing', async () => {
    const { api, requests } = await connect(tokened(60, 'cursor', 'pageSize', (cursor) => ({ cursor })));
    const list = paged(api('UsersApi'), 'getUsersQuery', { pageSize: 30 }, { prefetch: false });
    for (let i = 0; i < 30; i++) await list.next();
    const { cursor } = list;
    requests.length = 0;
    const resumed = paged(api('UsersApi'), 'getUsersQuery', {}, { from: cursor });
    expect(await idsOf(resumed)).toEqual(ids(60).slice(30));
    expect(requests.map(({ query }) => query)).toEqual([{ cursor: 't+/=30', pageSize: '30' }]);
    expect(await idsOf(paged(api('UsersApi'), 'getUsersQuery', {}, { from: resumed.cursor }))).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  it('of another method, and other strings, are refused', async () => {
    const { api } = await connect(numbered(1));
    const { cursor } = paged(api('UsersApi'), 'getUsers');
    expect(() => paged(api('UsersApi'), 'getUsersQuery', {}, { from: cursor })).toThrow(
      'from must be a cursor of getUsersQuery, got one of getUsers',
    );
    for (const from of ['garbage', btoa('[1]'), btoa('[1,"getUsers",{},0,null,0]')]) {
      expect(() => paged(api('UsersApi'), 'getUsers', {}, { from })).toThrow(
        'from must be the `cursor` of a paged list',
      );
    }
  });
});

describe('whole pages', () => {
  it('come with the answer and a cursor', async () => {
    const { api } = await connect(numbered(150));
    const list = paged(api('UsersApi'), 'getUsers');
    const pages = [];
    for await (const page of list.pages()) pages.push(page);
    expect(pages.map(({ items, answer }) => [items.length, answer['total']])).toEqual([
      [100, 150],
      [50, 150],
    ]);
    const rest = await idsOf(paged(api('UsersApi'), 'getUsers', {}, { from: pages[0]!.cursor }));
    expect(rest).toEqual(ids(150).slice(100));
  });
});

describe('limits of the platform', () => {
  it('ends external contacts after 1,000 with an error that names the scan', async () => {
    const { api, requests } = await connect(numbered(1_200));
    const read: string[] = [];
    const list = paged(api('ExternalContactsApi'), 'getExternalcontactsContacts');
    const reading = (async () => {
      for await (const { id } of list) read.push(id!);
    })();
    await expect(reading).rejects.toMatchObject({
      name: 'PagingError',
      code: 'HOLDLINE_PAGING',
      instead: 'getExternalcontactsScanContacts',
      message: expect.stringContaining('getExternalcontactsScanContacts reads the whole list') as string,
    });
    expect(read).toEqual(ids(1_000));
    expect(requests).toHaveLength(10);
  });

  it('knows the limit also where the platform chose the page size', async () => {
    const { api, requests } = await connect(numbered(1_200, 50));
    const reading = idsOf(paged(api('ExternalContactsApi'), 'getExternalcontactsContacts'));
    await expect(reading).rejects.toMatchObject({ code: 'HOLDLINE_PAGING' });
    expect(requests).toHaveLength(1 + 1_000 / 25);
  });

  it('reads 1,000 external contacts without an error', async () => {
    const { api } = await connect(numbered(1_000));
    expect(await idsOf(paged(api('ExternalContactsApi'), 'getExternalcontactsContacts'))).toEqual(ids(1_000));
  });

  it('ends the division views of queues after 5 pages', async () => {
    const { api } = await connect(numbered(700));
    await expect(idsOf(paged(api('RoutingApi'), 'getRoutingQueuesDivisionviews'))).rejects.toMatchObject({
      code: 'HOLDLINE_PAGING',
      instead: 'getRoutingQueuesDivisionviewsAll',
    });
  });

  it('ends a list whose cursors repeat, whatever the length of the circle', async () => {
    for (const length of [1, 2, 7]) {
      let page = 0;
      const api = { getUsersQuery: () => Promise.resolve({ entities: [{ id: page }], cursor: `c${page++ % length}` }) };
      await expect(idsOf(paged(api, 'getUsersQuery'))).rejects.toThrow(
        'the platform repeats a cursor of getUsersQuery',
      );
      expect(page).toBeLessThanOrEqual(3 * length + 3);
    }
  });

  it('ends a list that repeats a page and has no count', async () => {
    const api = {
      getRoutingQueueMembers: (...given: [queueId: string, opts?: object]) =>
        given && Promise.resolve({ entities: entities(0, 100) }),
    };
    await expect(idsOf(paged(api, 'getRoutingQueueMembers', 'q'))).rejects.toThrow('the platform repeats a page');
  });

  it('goes on after an empty page with a token', async () => {
    const answers = [{ entities: entities(0, 2), after: 'a' }, { after: 'b' }, { entities: entities(2, 3) }];
    const api = {
      getTaskmanagementWorkitemWrapups: (...given: [workitemId: string, opts?: object]) =>
        given && Promise.resolve(answers.shift()!),
    };
    expect(await idsOf(paged(api, 'getTaskmanagementWorkitemWrapups', 'w'))).toEqual(ids(3));
  });
});

describe('functions instead of a method', () => {
  it('may be a bound method', async () => {
    const { api } = await connect(numbered(120));
    const users = api('UsersApi');
    expect(await idsOf(paged(users.getUsers.bind(users)))).toEqual(ids(120));
  });

  it('may call an operation that the table knows, or one with a given style', async () => {
    const { api, requests } = await connect(numbered(120));
    const users = api('UsersApi');
    expect(await idsOf(paged((page) => users.getUsers({ ...page, state: 'any' }), { operation: 'getUsers' }))).toEqual(
      ids(120),
    );
    const list = paged((page) => users.getUsers(page), { style: 'pageNumber', pageSize: 60 });
    expect(await idsOf(list)).toEqual(ids(120));
    expect(requests.map(({ query }) => query['pageSize'])).toEqual(['100', '100', '60', '60']);
  });

  it('fails for a method without its object, and says what to write', async () => {
    const { api } = await connect(numbered(1));
    const { getUsers } = api('UsersApi');
    await expect(paged(getUsers).next()).rejects.toMatchObject({
      code: 'HOLDLINE_CONFIG',
      message: expect.stringContaining("write paged(api, 'getUsers', …)") as string,
    });
  });
});

it('delivers what the platform delivers twice once, with `unique`', async () => {
  const answers = [entities(0, 3), entities(2, 5), entities(4, 6)].map((items, i) => ({
    entities: items,
    pageCount: 3,
    pageNumber: i + 1,
  }));
  const api = { getUsers: (opts?: { pageNumber?: number }) => Promise.resolve(answers[(opts?.pageNumber ?? 1) - 1]!) };
  expect(await idsOf(paged(api, 'getUsers'))).toHaveLength(8);
  expect(await idsOf(paged(api, 'getUsers', {}, { unique: 'id' }))).toEqual(ids(6));
});

it('ends a list at once when its signal aborts', async () => {
  const { api } = await connect(() => new Promise(() => undefined));
  const controller = new AbortController();
  const reading = paged(api('UsersApi'), 'getUsers', {}, { signal: controller.signal }).next();
  controller.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
});

it('sends nothing if its signal was aborted before', async () => {
  const { api, requests } = await connect(numbered(1));
  const signal = AbortSignal.abort(new Error('early'));
  await expect(paged(api('UsersApi'), 'getUsers', {}, { signal }).next()).rejects.toThrow('early');
  expect(requests).toEqual([]);
});

it.each([['text'], [undefined], [{ entities: {} }], [[]]])(
  'does not take an answer without a list for an empty list: %j',
  async (body) => {
    const api = { getUsers: vi.fn(() => Promise.resolve(body)) };
    const list = paged(api as never, 'getUsers' as never) as AsyncIterator<unknown>;
    await expect(list.next()).rejects.toThrow('the platform answered getUsers without a list in entities');
  },
);

it('takes an answer that leaves the list out for an empty list', async () => {
  const api = { getUsers: vi.fn(() => Promise.resolve({ total: 0 })) };
  const list = paged(api as never, 'getUsers' as never) as AsyncIterator<unknown>;
  expect(await list.next()).toEqual({ done: true, value: undefined });
});

it('refuses wrong arguments at once', async () => {
  const { api } = await connect(numbered(1));
  const users = api('UsersApi');
  expect(() => paged(users, 'getUser', 'u1')).toThrow('getUser is no paged operation that is known');
  expect(() => paged(users, 'getNothing' as 'getUsers')).toThrow('has no method getNothing');
  expect(() => paged(users, 'getUsers', {}, { form: 'x' } as object)).toThrow('options.form is not known');
  expect(() => paged((page) => users.getUsers(page))).toThrow('paged needs `operation`');
  expect(() => paged(undefined as never)).toThrow('the first argument of paged');
});
