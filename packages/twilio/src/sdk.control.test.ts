import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { makeClient, startTwilio, TASKS, tasksOf } from './simulated-client.fixture.js';

/** What twilio 6.3.1 does by itself. Each test here is a reason for a part of the adapter. */
describe('the SDK without a guard', () => {
  it('throws a 429 with its code, and does not retry', async () => {
    const simulator = await startTwilio();
    simulator.script(`POST ${TASKS}`, [{ status: 429, headers: { 'Retry-After': '1' } }]);
    const creating = tasksOf(makeClient(simulator)).create({ attributes: '{}' });
    await expect(creating).rejects.toMatchObject({
      status: 429,
      code: 20_429,
      moreInfo: 'https://www.twilio.com/docs/errors/20429',
    });
    expect(simulator.stats().requests).toBe(1);
  });

  it('retries a 429 with autoRetry, up to maxRetries, before Retry-After has passed', async () => {
    const simulator = await startTwilio();
    simulator.script(`GET ${TASKS}`, Array(3).fill({ status: 429, headers: { 'Retry-After': '3600' } }));
    const client = makeClient(simulator, { autoRetry: true, maxRetries: 2, maxRetryDelay: 1 });
    await expect(tasksOf(client).list({ limit: 1 })).rejects.toMatchObject({ status: 429 });
    expect(simulator.stats().requests).toBe(3);
  });

  it.each([500, 502, 503])('does not retry a %i, also with autoRetry', async (status) => {
    const simulator = await startTwilio();
    simulator.script(`GET ${TASKS}`, [{ status, headers: { 'Retry-After': '1' } }]);
    const listing = tasksOf(makeClient(simulator, { autoRetry: true })).list({ limit: 1 });
    await expect(listing).rejects.toMatchObject({ status });
    expect(simulator.stats().requests).toBe(1);
  });

  it('gives the error of axios if the connection breaks, although the task may exist', async () => {
    const simulator = await startTwilio({ faults: [{ kind: 'drop-after', match: `POST ${TASKS}`, times: 1 }] });
    const creating = tasksOf(makeClient(simulator)).create({ attributes: '{}' });
    await expect(creating).rejects.toMatchObject({ isAxiosError: true, code: 'ECONNRESET' });
    expect(simulator.stats()).toMatchObject({ requests: 1, executedWrites: 1 });
  });

  it('requests a bearer token for each request', async () => {
    const simulator = await startTwilio();
    const client = makeClient(simulator);
    let tokens = 0;
    const { ClientCredentialProviderBuilder } = twilio;
    const tokenManager = { fetchToken: () => Promise.resolve(`token-${++tokens}`) };
    client.setCredentialProvider(new ClientCredentialProviderBuilder().setTokenManager(tokenManager as never).build());
    for (let call = 0; call < 2; call++)
      await tasksOf(client)
        .list({ limit: 1 })
        .catch(() => undefined);
    expect(tokens).toBe(2);
  });

  it('sends its credential to the address of the next page, whatever the origin', async () => {
    const received: (string | undefined)[] = [];
    const foreign = createServer(({ headers }, response) => {
      received.push(headers.authorization);
      response.end(JSON.stringify({ tasks: [], meta: { key: 'tasks' } }));
    }).listen(0, '127.0.0.1');
    await once(foreign, 'listening');
    const simulator = await startTwilio();
    const next = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`;
    simulator.script(`GET ${TASKS}`, [
      { status: 200, body: { tasks: [{}], meta: { key: 'tasks', next_page_url: next } } },
    ]);
    await tasksOf(makeClient(simulator)).list({ pageSize: 1 });
    foreign.close();
    expect(received).toEqual([expect.stringContaining('Basic ')]);
  });
});
