import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { DescribeUserCommand, UpdateContactAttributesCommand } from '@aws-sdk/client-connect';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { callInfo, createHoldline, holdlineOf, release } from '@holdline/core';
import { ConnectClient as ConnectClient622, DescribeUserCommand as DescribeUser622 } from 'client-connect-3-622';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectTo, CREDENTIALS, FAST, recordHeaders, startConnect } from './connect.fixture.js';
import { guardAws } from './index.js';

const describeUser = (): DescribeUserCommand => new DescribeUserCommand({ InstanceId: 'i', UserId: 'ada' });
const changeContact = (): UpdateContactAttributesCommand =>
  new UpdateContactAttributesCommand({ InstanceId: 'i', InitialContactId: 'c', Attributes: { a: 'b' } });
const USER = 'GET /users/:instanceId/:id';
const CONTACT = 'POST /contact/attributes';
const many = (
  status: number,
  headers: Record<string, string> = {},
): { status: number; headers: Record<string, string> }[] => Array.from({ length: 9 }, () => ({ status, headers }));

/** A retry strategy of the user, as the SDK documents its interface. It makes four attempts. */
const OWN_STRATEGY = {
  acquireInitialRetryToken: () => Promise.resolve(tokenOf(0)),
  refreshRetryTokenForRetry: (token: { getRetryCount(): number }) =>
    token.getRetryCount() === 3
      ? Promise.reject(new Error('enough'))
      : Promise.resolve(tokenOf(token.getRetryCount() + 1)),
  recordSuccess: () => undefined,
};
const tokenOf = (count: number): { getRetryCount(): number; getRetryDelay(): number } => ({
  getRetryCount: () => count,
  getRetryDelay: () => 0,
});

/** A server for protocols that the simulator does not know. It gives these answers in order, then the last one. */
async function startServer(
  ...answers: readonly { status: number; headers?: Record<string, string>; body: string }[]
): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    request.resume().on('end', () => {
      const { status, headers, body } = answers[requests.length - 1] ?? (answers.at(-1) as (typeof answers)[number]);
      response.writeHead(status, headers).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

describe('control: what the SDK does by itself', () => {
  it('makes three attempts, also of a write whose answer was lost', async () => {
    const simulator = await startConnect({ faults: [{ kind: 'drop-after', match: CONTACT, times: 1 }] });
    await connectTo(simulator).send(changeContact());
    expect(simulator.stats()).toMatchObject({ executedWrites: 2, duplicateWrites: 1 });
    simulator.script(CONTACT, many(500));
    const client = connectTo(simulator);
    const sent = recordHeaders(client);
    await expect(client.send(changeContact())).rejects.toMatchObject({ $metadata: { attempts: 3 } });
    expect(sent.map((headers) => headers['amz-sdk-request'])).toEqual([1, 2, 3].map((n) => `attempt=${n}; max=3`));
  });

  it('makes one attempt in the adaptive mode too, if the line makes one', async () => {
    const simulator = await startConnect();
    for (const retryMode of ['standard', 'adaptive'] as const) {
      const client = guardAws(connectTo(simulator, { retryMode }), { ...FAST, retry: false });
      simulator.script(USER, [{ status: 503 }]);
      await expect(client.send(describeUser())).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    }
    expect(simulator.wire()).toHaveLength(2);
  });
});

describe('a retry strategy of the user', () => {
  it('stays the only retry layer', async () => {
    const simulator = await startConnect();
    const client = guardAws(connectTo(simulator, { retryStrategy: OWN_STRATEGY as never }), FAST);
    const sent = recordHeaders(client);
    simulator.script(USER, many(503));
    const error: unknown = await client.send(describeUser()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ $metadata: { httpStatusCode: 503 } });
    expect(sent.map((headers) => headers['amz-sdk-request'])).toEqual([1, 2, 3, 4].map((n) => `attempt=${n}; max=3`));
    // Each of its attempts is a call of the line.
    expect(callInfo(error)).toMatchObject({ attempts: 1 });
  });

  it('is set aside with otherLayer: replace, and restored by release', async () => {
    const simulator = await startConnect();
    const client = connectTo(simulator, { retryStrategy: OWN_STRATEGY as never });
    guardAws(client, { ...FAST, retry: { baseDelayMs: 1, maxAttempts: 2, otherLayer: 'replace' } });
    simulator.script(USER, many(503));
    const error: unknown = await client.send(describeUser()).catch((reason: unknown) => reason);
    expect(callInfo(error)).toMatchObject({ attempts: 2 });
    expect(simulator.wire()).toHaveLength(2);
    release(client);
    await expect(client.send(describeUser())).rejects.toMatchObject({ $metadata: { attempts: 4 } });
  });
});

describe('a client of another version', () => {
  const connect622 = (url: string): ConnectClient622 =>
    new ConnectClient622({ endpoint: url, region: 'eu-west-2', credentials: CREDENTIALS });

  it('is guarded in the same way: 3.622', async () => {
    const simulator = await startConnect();
    const client = connect622(simulator.url);
    const before = client.middlewareStack.identify();
    guardAws(client, FAST);
    const sent = recordHeaders(client);
    simulator.script(USER, [{ status: 503 }, { status: 400, headers: { 'x-amzn-ErrorType': 'ThrottlingException' } }]);
    const found = await client.send(new DescribeUser622({ InstanceId: 'i', UserId: 'ada' }));
    expect(found).toMatchObject({ User: { Id: 'ada' }, $metadata: { attempts: 3 } });
    expect(new Set(sent.map(({ authorization }) => authorization)).size).toBe(3);
    release(client);
    client.middlewareStack.remove('recorder');
    expect(client.middlewareStack.identify()).toEqual(before);
    client.destroy();
  });

  // aws/aws-sdk-js-v3#8005: the SDK reports the correction of its clock to the first of the refused calls.
  it('repeats all calls at once that a platform with another clock refused: 3.622', async () => {
    const simulator = await startConnect({ clockSkewMs: -3_600_000 });
    const [bare, client] = [
      connect622(simulator.url),
      guardAws(connect622(simulator.url), { ...FAST, governor: false }),
    ];
    const findAll = (caller: ConnectClient622): Promise<PromiseSettledResult<unknown>[]> =>
      Promise.allSettled(
        ['ada', 'bob', 'eve'].map((UserId) => caller.send(new DescribeUser622({ InstanceId: 'i', UserId }))),
      );
    expect((await findAll(bare)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect((await findAll(client)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  });

  it('ends at once when its caller aborts a call in the queue: 3.622', async () => {
    const simulator = await startConnect();
    const client = guardAws(connect622(simulator.url), { governor: { quotas: [{ limit: 1, windowMs: 600_000 }] } });
    const command = (): DescribeUser622 => new DescribeUser622({ InstanceId: 'i', UserId: 'ada' });
    await client.send(command());
    const controller = new AbortController();
    const waiting = client.send(command(), { abortSignal: controller.signal as never });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(simulator.wire()).toHaveLength(1);
    client.destroy();
  });

  it('corrects its clock: 3.622', async () => {
    const simulator = await startConnect({ clockSkewMs: -3_600_000 });
    const client = guardAws(connect622(simulator.url), FAST);
    await client.send(new DescribeUser622({ InstanceId: 'i', UserId: 'ada' }));
    expect(simulator.wire().map(({ status }) => status)).toEqual([403, 200]);
    client.destroy();
  });
});

describe('a client of another service', () => {
  const json = { 'content-type': 'application/x-amz-json-1.0' };
  const sqsAt = (endpoint: string): SQSClient => {
    const client = new SQSClient({ endpoint, region: 'eu-west-2', credentials: CREDENTIALS });
    onTestFinished(() => client.destroy());
    return client;
  };

  it('has one route for each operation, and repeats what is throttled with a 400', async () => {
    const throttled = JSON.stringify({ __type: 'com.amazonaws.sqs#RequestThrottled', message: 'slow down' });
    const { url, requests } = await startServer(
      { status: 400, headers: { ...json, 'x-amzn-query-error': 'RequestThrottled;Sender' }, body: throttled },
      { status: 200, headers: json, body: '{"MessageId":"1","MD5OfMessageBody":"5d41402abc4b2a76b9719d911017c592"}' },
    );
    const client = guardAws(sqsAt(url), FAST);
    const sent = await client.send(new SendMessageCommand({ QueueUrl: `${url}/1/q`, MessageBody: 'hello' }), {});
    expect(callInfo(sent)).toMatchObject({ attempts: 2, route: 'POST /SendMessage' });
    expect(requests).toEqual(['POST /', 'POST /']);
  });

  it('repeats a read by POST whose answer was lost, and no write', async () => {
    const lost = { status: 500, headers: json, body: '{}' };
    const { url } = await startServer(
      { ...lost, status: 502 },
      { status: 200, headers: json, body: '{"QueueUrl":"q"}' },
      { ...lost, status: 502 },
    );
    const client = guardAws(sqsAt(url), FAST);
    expect(callInfo(await client.send(new GetQueueUrlCommand({ QueueName: 'q' })))).toMatchObject({ attempts: 2 });
    await expect(
      client.send(new SendMessageCommand({ QueueUrl: `${url}/1/q`, MessageBody: 'x' })),
    ).rejects.toMatchObject({
      code: 'HOLDLINE_OUTCOME_UNKNOWN',
    });
  });

  it('gets no quota of Amazon Connect', async () => {
    const { url } = await startServer({ status: 200, headers: json, body: '{}' });
    const client = guardAws(sqsAt(url));
    expect(
      holdlineOf(client)
        ?.explain({ method: 'POST', url: `${url}/SendMessage` })
        .scopes.flatMap(({ quotas }) => quotas),
    ).toEqual([]);
  });
});

describe('a body that is a stream', () => {
  /** Replaces the body of each request, as an operation of another service has it. */
  const withStream = (client: ReturnType<typeof connectTo>, make: () => Readable): void =>
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { body: unknown }).body = make();
        return next(args);
      },
      { step: 'build', priority: 'high' },
    );

  it('is never sent twice', async () => {
    const server = await startServer({ status: 503, headers: { 'retry-after': '0' }, body: '{}' });
    const client = guardAws(connectTo(server), FAST);
    withStream(client, () => Readable.from([Buffer.from('{"a":1}')]));
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await expect(client.send(changeContact())).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    expect(server.requests).toHaveLength(1);
  });

  it('ends its call at once when it breaks in the queue', async () => {
    const server = await startServer({ status: 200, body: '{}' });
    const line = createHoldline({ governor: { quotas: [{ limit: 1, windowMs: 600_000 }] } });
    const client = guardAws(connectTo(server), line);
    await client.send(describeUser());
    const stream = new Readable({ read: () => undefined });
    withStream(client, () => stream);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    line.on('queued', () => void stream.destroy(new Error('the file is gone')));
    await expect(client.send(changeContact())).rejects.toThrow('the file is gone');
    expect(server.requests).toHaveLength(1);
  });
});
