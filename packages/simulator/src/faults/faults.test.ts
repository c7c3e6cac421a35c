import { describe, expect, it } from 'vitest';
import { parseOptions } from '../option-parsing/parse-options.js';
import type { Fault } from '../options/fault-options.js';
import { splitPath } from '../paths/request-path.js';
import { requestToken, call, login, sleep, startGenesys, waitUntil } from '../testing/http-client.js';
import { FaultInjector } from './fault-injector.js';

const POST = 'POST /api/v2/externalcontacts/contacts';
const body = { firstName: 'Ada' };

function firing(fault: Fault, requests: number, seed = 1): number[] {
  const faults = new FaultInjector(parseOptions({ platform: 'genesys', faults: [fault] }).settings.faults, seed);
  const fired: number[] = [];
  for (let turn = 1; turn <= requests; turn += 1) {
    if (faults.decideFault('GET', splitPath('/api/v2/users'), false).fault !== undefined) fired.push(turn);
  }
  return fired;
}

describe('FaultInjector', () => {
  it.each([
    [{}, [1, 2, 3, 4, 5, 6, 7, 8]],
    [{ every: 3 }, [3, 6]],
    [{ after: 5 }, [6, 7, 8]],
    [{ after: 1, every: 2 }, [3, 5, 7]],
    [{ times: 2 }, [1, 2]],
    [{ after: 2, times: 1 }, [3]],
    [{ rate: 0 }, []],
    [{ rate: 1 }, [1, 2, 3, 4, 5, 6, 7, 8]],
    [{ match: 'POST /api/v2/users' }, []],
    [{ match: 'GET /api/v2/*', times: 0 }, []],
  ] as const)('%j fires at these of eight requests: %j', (when, expected) => {
    expect(firing({ kind: 'drop-before', ...when }, 8)).toEqual(expected);
  });

  it('draws faults with a rate from the seed', () => {
    const fault: Fault = { kind: 'drop-before', rate: 0.2 };
    const fired = firing(fault, 10_000);
    expect(fired.length).toBeGreaterThan(1800);
    expect(fired.length).toBeLessThan(2200);
    expect(firing(fault, 10_000)).toEqual(fired);
    expect(firing(fault, 10_000, 2)).not.toEqual(fired);
  });

  it('applies the first fault and adds up all delays', () => {
    const list: Fault[] = [
      { kind: 'delay', delayMs: 5 },
      { kind: 'truncate', every: 2, delayMs: 1 },
      { kind: 'drop-after', times: 2 },
      { kind: 'delay', delayMs: 7 },
    ];
    const faults = new FaultInjector(parseOptions({ platform: 'genesys', faults: list }).settings.faults, 1);
    const decisions = [1, 2, 3, 4].map(() => faults.decideFault('GET', [], false));
    expect(decisions.map(({ fault, delayMs }) => [fault?.kind, delayMs])).toEqual([
      ['drop-after', 12],
      ['truncate', 13],
      ['drop-after', 12],
      ['truncate', 13],
    ]);
  });
});

describe('faults on the wire', () => {
  it('drop-before: sends no answer and executes nothing', async () => {
    const simulator = await startGenesys({ faults: [{ kind: 'drop-before', match: POST, times: 1 }] });
    const token = await login(simulator);
    await expect(call(simulator, POST, { token, body })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.wire().at(-1)).toMatchObject({ outcome: 'dropped', status: 0, executed: false });
    expect((await call(simulator, POST, { token, body })).status).toBe(200);
    expect(simulator.stats()).toMatchObject({
      requests: 2,
      dropped: 1,
      answered: 1,
      executedWrites: 1,
      duplicateWrites: 0,
      byStatus: { 0: 1, 200: 1 },
    });
  });

  it('drop-after: executes without an answer, and counts the replay as a duplicate', async () => {
    const simulator = await startGenesys({ faults: [{ kind: 'drop-after', match: POST, times: 1 }] });
    const token = await login(simulator);
    await expect(call(simulator, POST, { token, body })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.wire().at(-1)).toMatchObject({ outcome: 'dropped', status: 0, executed: true });
    expect((await call(simulator, POST, { token, body })).status).toBe(200);
    expect(simulator.stats()).toMatchObject({ dropped: 1, executedWrites: 2, duplicateWrites: 1 });
  });

  it('delay: executes at once and answers later', async () => {
    const simulator = await startGenesys({ faults: [{ kind: 'delay', match: POST, delayMs: 150 }] });
    const token = await login(simulator);
    const reply = call(simulator, POST, { token, body });
    await waitUntil(() => simulator.stats().executedWrites === 1);
    expect(simulator.wire().at(-1)?.outcome).toBe('open');
    expect((await reply).status).toBe(200);
    const entry = simulator.wire().at(-1);
    expect((entry?.finishedAt ?? 0) - (entry?.at ?? 0)).toBeGreaterThan(140);
  });

  it("status: answers without executing, with the platform's body or a given one", async () => {
    const simulator = await startGenesys({
      faults: [
        { kind: 'status', match: POST, status: 503, times: 1, headers: { 'Retry-After': '3' } },
        { kind: 'status', match: POST, status: 502, times: 1, body: '<html>Bad Gateway</html>' },
        { kind: 'status', match: POST, status: 200, times: 1 },
      ],
    });
    const token = await login(simulator);
    const first = await call(simulator, POST, { token, body });
    expect(first.status).toBe(503);
    expect(first.headers['retry-after']).toBe('3');
    expect(first.json).toMatchObject({ status: 503, code: 'service.unavailable', details: [], errors: [] });
    const second = await call(simulator, POST, { token, body });
    expect([second.status, second.text]).toEqual([502, '<html>Bad Gateway</html>']);
    expect((await call(simulator, POST, { token, body })).json).toEqual({});
    expect(simulator.stats()).toMatchObject({ answered: 3, executedWrites: 0, byStatus: { 200: 1, 502: 1, 503: 1 } });
    expect(simulator.wire().at(-1)?.outcome).toBe('faulted');
  });

  it('truncate: executes and sends the full content-length with half the body', async () => {
    const simulator = await startGenesys({ faults: [{ kind: 'truncate', match: POST, times: 1 }] });
    const token = await login(simulator);
    const response = await fetch(`${simulator.url}/api/v2/externalcontacts/contacts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(50);
    await expect(response.text()).rejects.toThrow();
    expect(simulator.wire().at(-1)).toMatchObject({ outcome: 'truncated', status: 200, executed: true });
    expect(simulator.stats()).toMatchObject({ dropped: 1, answered: 0, executedWrites: 1 });
    await expect(call(simulator, 'DELETE /api/v2/flows/f1', { token })).resolves.toMatchObject({ status: 204 });
  });

  it('truncate: drops the connection when there is no body to halve', async () => {
    const simulator = await startGenesys({ faults: [{ kind: 'truncate' }] });
    const token = await login(simulator);
    await expect(call(simulator, 'DELETE /api/v2/flows/f1', { token })).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('malformed-headers: sends nonsense values that the parsers of node:http and fetch accept', async () => {
    const simulator = await startGenesys({ faults: [{ kind: 'malformed-headers', match: '* /api/v2/**' }] });
    const token = await login(simulator);
    const reply = await call(simulator, POST, { token, body });
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject(body);
    expect(reply.headers['retry-after']).toBe('soon\xff?');
    expect(reply.headers['x-ratelimit-limit']).toBe('');
    expect(Number.isNaN(Date.parse(reply.headers.date ?? ''))).toBe(true);
    const response = await fetch(`${simulator.url}/api/v2/users/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(await response.json()).toMatchObject({ id: expect.any(String) });
    expect(response.headers.get('retry-after')).toBe('soon\xff?, -1, NaN');
    const head = await call(simulator, 'HEAD /api/v2/users/me', { token });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(simulator.stats()).toMatchObject({ answered: 3, executedWrites: 1 });
  });

  it('malformed-headers: sends exactly the given values with the given status, and executes nothing', async () => {
    const simulator = await startGenesys({
      faults: [{ kind: 'malformed-headers', status: 429, headers: { 'Retry-After': '99999999999999', Date: '' } }],
    });
    const token = await login(simulator);
    const reply = await call(simulator, POST, { token, body });
    expect(reply.status).toBe(429);
    expect(reply.headers).toMatchObject({ 'retry-after': '99999999999999', date: '' });
    expect(reply.headers['x-ratelimit-limit']).toBeUndefined();
    expect(simulator.stats()).toMatchObject({ refused: 1, executedWrites: 0 });
  });

  it('apply to the token endpoint only when they name it', async () => {
    const simulator = await startGenesys({ faults: [{ kind: 'drop-before' }] });
    await login(simulator);
    simulator.set({ faults: [{ kind: 'drop-after', match: 'POST /oauth/token', times: 1 }] });
    await expect(requestToken(simulator, { grant_type: 'client_credentials' })).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(simulator.stats()).toMatchObject({ tokenRequests: 2, tokensIssued: 2, requests: 0 });
  });

  it('use the permit of their request, and never apply to a refused request', async () => {
    const simulator = await startGenesys({
      limits: [{ name: 'l', per: 'token', limit: 1, windowMs: 60_000, enforcement: 'sliding' }],
      faults: [{ kind: 'status', status: 503 }],
    });
    const token = await login(simulator);
    expect((await call(simulator, POST, { token, body })).status).toBe(503);
    expect((await call(simulator, POST, { token, body })).status).toBe(429);
  });

  it('log a client that stops waiting as aborted; its write stays executed', async () => {
    const simulator = await startGenesys();
    const token = await login(simulator);
    simulator.set({ serviceMs: 5000 });
    await expect(call(simulator, POST, { token, body, abortAfterMs: 100 })).rejects.toThrow('gone');
    await waitUntil(() => simulator.wire().at(-1)?.outcome === 'aborted');
    await sleep(20);
    expect(simulator.wire().at(-1)).toMatchObject({ status: 0, executed: true });
    expect(simulator.stats()).toMatchObject({ dropped: 1, executedWrites: 1, byStatus: { 0: 1 } });
  });
});
