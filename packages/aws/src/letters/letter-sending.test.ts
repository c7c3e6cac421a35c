import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeUserCommand, UpdateContactAttributesCommand } from '@aws-sdk/client-connect';
import { createHoldline, memoryStore, type HoldlineConfig } from '@holdline/core';
import { ConnectClient as ConnectClient622, UpdateContactAttributesCommand as Update622 } from 'client-connect-3-622';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectTo, CREDENTIALS, recordHeaders, startConnect } from '../connect.fixture.js';
import { guardAws } from '../index.js';

const CONTACT = 'POST /contact/attributes';
const CONFIG: HoldlineConfig = {
  retry: { maxAttempts: 1 },
  governor: { gateJitterMs: 0, defaultRetryAfterMs: 5 },
  deadLetters: { key: new Uint8Array(32).fill(7) },
};
const change = (InitialContactId: string): UpdateContactAttributesCommand =>
  new UpdateContactAttributesCommand({ InstanceId: 'i', InitialContactId, Attributes: { city: 'Zürich' } });
const throttled = { status: 400, headers: { 'x-amzn-ErrorType': 'ThrottlingException' } };

describe('a dead letter of a client', () => {
  it.each([
    ['3.1136', connectTo, UpdateContactAttributesCommand],
    [
      '3.622',
      ({ url: endpoint }: { url: string }) =>
        new ConnectClient622({ endpoint, region: 'eu-west-2', credentials: CREDENTIALS }),
      Update622 as never,
    ],
  ])('is signed anew by its replay, byte for byte the same body: %s', async (_, connect, Command) => {
    const simulator = await startConnect();
    const line = createHoldline({ ...CONFIG, store: memoryStore() });
    const client = guardAws(connect(simulator) as ReturnType<typeof connectTo>, line);
    const sent = recordHeaders(client);
    simulator.script(CONTACT, [throttled]);
    const command = new Command({ InstanceId: 'i', InitialContactId: 'c-1', Attributes: { city: 'Zürich' } });
    await expect(client.send(command)).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect((await line.deadLetters.list()).letters).toHaveLength(1);
    const report = await line.deadLetters.replay();
    expect(report).toMatchObject({ replayed: 1, left: 0 });
    const [first, second] = simulator.wire();
    expect(second).toMatchObject({ status: 200, executed: true, bodyHash: first?.bodyHash });
    expect(sent[1]?.['authorization']).not.toBe(sent[0]?.['authorization']);
  });

  it('waits for a client of its own account', async () => {
    const simulator = await startConnect({ tokens: { clients: { AKIAONE: 'one', AKIATWO: 'two' } } });
    const line = createHoldline({ ...CONFIG, store: memoryStore() });
    const one = connectTo(simulator, { credentials: { accessKeyId: 'AKIAONE', secretAccessKey: 'one' } });
    const two = connectTo(simulator, { credentials: { accessKeyId: 'AKIATWO', secretAccessKey: 'two' } });
    guardAws(one, line);
    guardAws(two, line);
    await two.send(new DescribeUserCommand({ InstanceId: 'i', UserId: 'ada' }));
    simulator.script(CONTACT, [throttled]);
    await one.send(change('c-1')).catch(() => undefined);
    simulator.resetStats();
    expect(await line.deadLetters.replay()).toMatchObject({ replayed: 1 });
    expect(simulator.wire()).toMatchObject([{ token: 'AKIAONE' }]);
  });

  it('ends its request if the line closes during the replay', async () => {
    let arrive!: (request: IncomingMessage) => void;
    const arrived = new Promise<IncomingMessage>((resolve) => (arrive = resolve));
    let requests = 0;
    const server = createServer((request, response) => {
      if (requests++ > 0) return arrive(request);
      request.resume().on('end', () => response.writeHead(400, throttled.headers).end('{}'));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const line = createHoldline({ ...CONFIG, store: memoryStore() });
    const client = guardAws(connectTo({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }), line);
    await client.send(change('c-1')).catch(() => undefined);
    const replay = line.deadLetters.replay();
    const { socket } = await arrived;
    const closed = once(socket, 'close');
    await line.close({ timeoutMs: 1 });
    await closed;
    expect(await replay).toMatchObject({ replayed: 0, left: 1 });
  });

  it('stays if the replay is rejected, with the code of the platform', async () => {
    const simulator = await startConnect();
    const line = createHoldline({ ...CONFIG, store: memoryStore() });
    const client = guardAws(connectTo(simulator), line);
    simulator.script(CONTACT, [throttled, { status: 404 }]);
    await client.send(change('c-1')).catch(() => undefined);
    expect((await line.deadLetters.replay()).letters).toMatchObject([{ result: 'failed', reason: 'rejected 404' }]);
  });
});
