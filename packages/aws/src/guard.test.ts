import {
  CreateUserCommand,
  DescribeUserCommand,
  ListUsersCommand,
  paginateListUsers,
  StartChatContactCommand,
  UpdateContactAttributesCommand,
  type DescribeUserCommandOutput,
} from '@aws-sdk/client-connect';
import { callInfo, createHoldline, holdlineOf, release, type HoldlineEvents } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { connectTo, CREDENTIALS, FAST, recordHeaders, startConnect } from './connect.fixture.js';
import { guardAws } from './index.js';

const describeUser = (UserId = 'ada'): DescribeUserCommand => new DescribeUserCommand({ InstanceId: 'i', UserId });
const changeContact = (): UpdateContactAttributesCommand =>
  new UpdateContactAttributesCommand({ InstanceId: 'i', InitialContactId: 'c', Attributes: { a: 'b' } });
const USER = 'GET /users/:instanceId/:id';
const CONTACT = 'POST /contact/attributes';
/** The own members of a client, without the cache of handlers, which the SDK itself deletes at each call. */
const keysOf = (client: object): string[] =>
  Object.keys(client)
    .filter((key) => key !== 'handlers')
    .sort();
const throttled = { status: 400, headers: { 'x-amzn-ErrorType': 'ThrottlingException' } };

describe('the signature', () => {
  it('is new for each attempt, with the number of the attempt and one id for the call', async () => {
    const simulator = await startConnect({ faults: [{ kind: 'status', status: 503, times: 3 }] });
    const client = guardAws(connectTo(simulator), FAST);
    const sent = recordHeaders(client);
    const [first, second] = await Promise.all([client.send(describeUser('ada')), client.send(describeUser('bob'))]);
    expect([first.User?.Id, second.User?.Id]).toEqual(['ada', 'bob']);
    // The simulator verified every signature before it failed, and it accepts none twice.
    const outcomes = simulator.wire().map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(['answered', 'answered', 'faulted', 'faulted', 'faulted']);
    expect(new Set(sent.map(({ authorization }) => authorization)).size).toBe(sent.length);
    const ids = new Set(sent.map((headers) => headers['amz-sdk-invocation-id']));
    expect(ids.size).toBe(2);
    for (const id of ids) {
      const attempts = sent.filter((headers) => headers['amz-sdk-invocation-id'] === id);
      const numbers = attempts.map((headers) => headers['amz-sdk-request']);
      expect(numbers).toEqual(attempts.map((_, index) => `attempt=${index + 1}`));
    }
    const repeated = [first, second].map(({ $metadata }) => $metadata.attempts ?? 0);
    expect(repeated[0]! + repeated[1]!).toBe(sent.length);
    expect(repeated).toEqual([callInfo(first)?.attempts, callInfo(second)?.attempts]);
  });

  it('has the credentials of the moment: those that expire are read again before the next attempt', async () => {
    const simulator = await startConnect();
    let reads = 0;
    const credentials = (): Promise<object> => {
      reads++;
      if (reads > 2) simulator.revokeTokens();
      return Promise.resolve({
        ...CREDENTIALS,
        sessionToken: `session-${reads}`,
        expiration: new Date(Date.now() + 1_000),
      });
    };
    const client = guardAws(connectTo(simulator, { credentials: credentials as never }), FAST);
    const sent = recordHeaders(client);
    simulator.script(USER, ['pass', { status: 503 }]);
    simulator.script(USER, [{ status: 503 }]);
    await client.send(describeUser());
    await client.send(describeUser());
    const sessions = sent.map((headers) => headers['x-amz-security-token']);
    expect(new Set(sessions).size).toBe(sent.length);
    expect(simulator.wire().at(-1)).toMatchObject({ status: 200 });
  });

  it('has the corrected clock of the SDK in the next attempt, also for a write', async () => {
    const simulator = await startConnect({ clockSkewMs: 3_600_000 });
    const client = guardAws(connectTo(simulator), FAST);
    const sent = recordHeaders(client);
    const changed = await client.send(changeContact());
    expect(callInfo(changed)).toMatchObject({ attempts: 2, status: 200 });
    expect(simulator.wire().map(({ status }) => status)).toEqual([403, 200]);
    expect(sent[0]?.['x-amz-date']).not.toBe(sent[1]?.['x-amz-date']);
    // The client has learned the clock of the server.
    await client.send(describeUser());
    expect(simulator.wire().map(({ status }) => status)).toEqual([403, 200, 200]);
  });

  it('is made once more and not five times for a client whose clock differs and whose access is denied', async () => {
    const simulator = await startConnect({ clockSkewMs: 3_600_000 });
    const client = guardAws(connectTo(simulator), FAST);
    simulator.script(
      USER,
      Array.from({ length: 9 }, () => ({ status: 403 })),
    );
    const error: unknown = await client.send(describeUser()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'AccessDeniedException' });
    expect(callInfo(error)).toMatchObject({ attempts: 2, status: 403 });
  });

  it('fails for the caller alone if the credentials cannot be read, without a permit and without the breaker', async () => {
    const simulator = await startConnect();
    let reads = 0;
    const credentials = (): Promise<object> =>
      ++reads % 2 === 1
        ? Promise.resolve({ ...CREDENTIALS, sessionToken: 's', expiration: new Date() })
        : Promise.reject(new Error('no credentials'));
    const line = createHoldline({
      breaker: { minAttempts: 1 },
      governor: { quotas: [{ limit: 1, windowMs: 600_000 }] },
    });
    const client = guardAws(connectTo(simulator, { credentials: credentials as never }), line);
    for (let calls = 0; calls < 3; calls++) await expect(client.send(describeUser())).rejects.toThrow('no credentials');
    expect(simulator.wire()).toEqual([]);
    expect(line.snapshot().breakers).toMatchObject([{ state: 'closed', failed: 0, succeeded: 0 }]);
  });
});

describe('a throttled answer with the status 400', () => {
  it('closes the gate and is repeated, also as a write', async () => {
    const simulator = await startConnect();
    const client = guardAws(connectTo(simulator), FAST);
    const closed: HoldlineEvents['gateClosed'][] = [];
    holdlineOf(client)?.on('gateClosed', (event) => void closed.push(event));
    simulator.script(CONTACT, [throttled, throttled]);
    const changed = await client.send(changeContact());
    expect(callInfo(changed)).toMatchObject({ attempts: 3, status: 200 });
    expect(closed[0]).toMatchObject({ by: { status: 400 } });
  });

  it('reaches the caller as the exception of the SDK, with the time of the next attempt', async () => {
    const simulator = await startConnect();
    const client = guardAws(connectTo(simulator), { ...FAST, retry: false });
    simulator.script(CONTACT, [{ ...throttled, headers: { ...throttled.headers, 'x-amz-retry-after': '4000' } }]);
    const before = Date.now();
    const error: unknown = await client.send(changeContact()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400, attempts: 1 } });
    expect(callInfo(error)).toMatchObject({ attempts: 1, status: 400 });
    expect(callInfo(error)?.retryAt).toBeGreaterThanOrEqual(before + 4_000);
  });

  it('is not repeated if it is a number of resources that is exceeded', async () => {
    const simulator = await startConnect();
    const client = guardAws(connectTo(simulator), FAST);
    simulator.script(CONTACT, [{ status: 429, headers: { 'x-amzn-ErrorType': 'LimitExceededException' } }]);
    const error: unknown = await client.send(changeContact()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'LimitExceededException' });
    expect(simulator.wire()).toHaveLength(1);
  });
});

describe('a write whose answer is lost', () => {
  it('is repeated if the SDK gave it a token, and starts one contact', async () => {
    const simulator = await startConnect({ faults: [{ kind: 'drop-after', match: 'PUT /contact/chat', times: 1 }] });
    const client = guardAws(connectTo(simulator), FAST);
    const chat = new StartChatContactCommand({
      InstanceId: 'i',
      ContactFlowId: 'f',
      ParticipantDetails: { DisplayName: 'Ada' },
    });
    const { ContactId } = await client.send(chat);
    expect(ContactId).toBeDefined();
    expect(simulator.wire().map(({ outcome }) => outcome)).toEqual(['dropped', 'replayed']);
    expect(simulator.stats()).toMatchObject({ executedWrites: 1, duplicateWrites: 0 });
  });

  it('is not repeated if it creates by PUT without a token', async () => {
    const simulator = await startConnect({
      faults: [{ kind: 'drop-after', match: 'PUT /users/:instanceId', times: 1 }],
    });
    const client = guardAws(connectTo(simulator), FAST);
    const creating = client.send(
      new CreateUserCommand({
        InstanceId: 'i',
        Username: 'ada',
        PhoneConfig: { PhoneType: 'SOFT_PHONE' },
        SecurityProfileIds: ['s'],
        RoutingProfileId: 'r',
      }),
    );
    await expect(creating).rejects.toMatchObject({ code: 'HOLDLINE_OUTCOME_UNKNOWN' });
    expect(simulator.stats()).toMatchObject({ executedWrites: 1 });
  });
});

describe('the client of the user', () => {
  it('is exactly what it was after release, and repeats by itself again', async () => {
    const simulator = await startConnect();
    const client = connectTo(simulator);
    const { retryStrategy, maxAttempts } = client.config;
    const stack = client.middlewareStack.identify();
    const keys = keysOf(client);
    guardAws(client, { ...FAST, retry: false });
    simulator.script(USER, [{ status: 503 }]);
    await expect(client.send(describeUser())).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    release(client);
    expect(client.middlewareStack.identify()).toEqual(stack);
    expect(client.config.retryStrategy).toBe(retryStrategy);
    expect(client.config.maxAttempts).toBe(maxAttempts);
    expect(Object.hasOwn(client, 'send')).toBe(false);
    expect(keysOf(client)).toEqual(keys);
    simulator.script(USER, [{ status: 503 }]);
    const { $metadata } = await client.send(describeUser());
    expect($metadata.attempts).toBe(2);
  });

  it('pages through a list above the guard', async () => {
    const simulator = await startConnect();
    const client = guardAws(connectTo(simulator), FAST);
    simulator.script('GET /users-summary/:instanceId', [{ status: 503 }]);
    for (const Username of ['ada', 'bob', 'eve'])
      await client.send(
        new CreateUserCommand({
          InstanceId: 'i',
          Username,
          PhoneConfig: { PhoneType: 'SOFT_PHONE' },
          SecurityProfileIds: ['s'],
          RoutingProfileId: 'r',
        }),
      );
    const names: (string | undefined)[] = [];
    for await (const page of paginateListUsers({ client, pageSize: 2 }, { InstanceId: 'i' }))
      names.push(...(page.UserSummaryList ?? []).map(({ Username }) => Username));
    expect(names).toEqual(['ada', 'bob', 'eve']);
  });

  it('takes a callback', async () => {
    const simulator = await startConnect();
    const client = guardAws(connectTo(simulator), FAST);
    simulator.script(USER, [{ status: 503 }]);
    const found = await new Promise<DescribeUserCommandOutput | undefined>((resolve, reject) =>
      client.send(describeUser(), (error: unknown, result) => (error ? reject(error as Error) : resolve(result))),
    );
    expect(found?.User?.Id).toBe('ada');
    expect(found?.$metadata.attempts).toBe(2);
    const error = await new Promise<unknown>((resolve) => {
      simulator.script(USER, [{ status: 404 }]);
      client.send(describeUser(), {}, (reason: unknown) => resolve(reason));
    });
    expect(error).toMatchObject({ name: 'ResourceNotFoundException', $metadata: { attempts: 1 } });
    expect(callInfo(error)).toMatchObject({ attempts: 1 });
  });

  it('keeps no handler that was made without the guard', async () => {
    const simulator = await startConnect();
    const client = connectTo(simulator, { cacheMiddleware: true });
    await client.send(describeUser());
    guardAws(client, FAST);
    simulator.script(USER, [throttled]);
    const found = await client.send(describeUser());
    expect(callInfo(found)).toMatchObject({ attempts: 2 });
    release(client);
    expect(callInfo(await client.send(describeUser()))).toBeUndefined();
  });

  it('shares the quota of its account with a second client, and not with another account', async () => {
    const simulator = await startConnect({ tokens: { clients: { AKIAONE: 'one', AKIATWO: 'two' } } });
    const line = createHoldline(FAST);
    const as = (accessKeyId: string, secretAccessKey: string): ReturnType<typeof connectTo> =>
      guardAws(connectTo(simulator, { credentials: { accessKeyId, secretAccessKey } }), line);
    const clients = [as('AKIAONE', 'one'), as('AKIAONE', 'one'), as('AKIATWO', 'two')];
    for (const client of clients) await client.send(describeUser());
    const credentials = line.snapshot().scopes.filter(({ scope }) => scope.startsWith('credential:'));
    expect(credentials).toHaveLength(2);
    expect(JSON.stringify(line.snapshot())).not.toContain('AKIA');
  });

  it('may be guarded only if it is a client, and only once for one middleware stack', async () => {
    const simulator = await startConnect();
    expect(() => guardAws({ middlewareStack: {}, config: {}, send: () => undefined })).toThrow(
      /must be a client of the AWS SDK/,
    );
    const client = guardAws(connectTo(simulator), FAST);
    const sibling = { middlewareStack: client.middlewareStack, config: client.config, send: () => undefined };
    expect(() => guardAws(sibling)).toThrow(/guard only one of them/);
    expect(guardAws(client)).toBe(client);
  });

  it('gets the abort of the SDK while it waits in the queue', async () => {
    const simulator = await startConnect();
    const client = guardAws(connectTo(simulator), { governor: { quotas: [{ limit: 1, windowMs: 600_000 }] } });
    await client.send(describeUser());
    const controller = new AbortController();
    const waiting = client.send(new ListUsersCommand({ InstanceId: 'i' }), { abortSignal: controller.signal });
    controller.abort(new Error('the user left'));
    const error: unknown = await waiting.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'AbortError', cause: { message: 'the user left' } });
    expect(callInfo(error)).toMatchObject({ attempts: 0 });
    expect(simulator.wire()).toHaveLength(1);
  });
});
