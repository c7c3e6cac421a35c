import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator.js';
import { call, type Reply, startAwsConnect } from '../testing/http-client.js';

const KEY = { id: 'AKIASIMULATOR', secret: 'simulated' };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

interface Signing {
  key?: { id: string; secret: string };
  body?: string;
  atMs?: number;
  session?: string;
  /** A header that makes two signatures of the same second differ. */
  nonce?: number;
}

let requests = 0;

/** Signs a request as the documentation of Signature Version 4 says, independently of the simulator. The path needs no escapes. */
function sign(simulator: Simulator, method: string, path: string, signing: Signing = {}): Record<string, string> {
  const { key = KEY, body = '', atMs = Date.now(), session, nonce = ++requests } = signing;
  const date = new Date(atMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = {
    'amz-sdk-request': `attempt=${nonce}`,
    host: new URL(simulator.url).host,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': date,
    ...(session !== undefined && { 'x-amz-security-token': session }),
  };
  const [pathname = '', query = ''] = path.split('?');
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = [method, pathname, query, lines.join(''), names, headers['x-amz-content-sha256']].join('\n');
  const scope = `${date.slice(0, 8)}/eu-west-2/connect/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`;
  const signingKey = hmac(
    hmac(hmac(hmac(`AWS4${key.secret}`, date.slice(0, 8)), 'eu-west-2'), 'connect'),
    'aws4_request',
  );
  const signature = hmac(signingKey, text).toString('hex');
  const Authorization = `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, Authorization };
}

async function send(simulator: Simulator, line: string, given: unknown, signing: Signing = {}): Promise<Reply> {
  const [method = '', path = ''] = line.split(' ');
  const body = given === undefined ? '' : JSON.stringify(given);
  return call(simulator, line, {
    ...(body !== '' && { body }),
    headers: {
      ...sign(simulator, method, path, { body, ...signing }),
      ...(body !== '' && { 'content-type': 'application/json' }),
    },
  });
}

const error = ({ status, headers }: Reply): unknown => [status, headers['x-amzn-errortype']];

describe('the signature of a request', () => {
  it('is verified, with its query, its body and its key', async () => {
    const simulator = await startAwsConnect();
    expect((await send(simulator, 'GET /users-summary/i?maxResults=2', undefined)).status).toBe(200);
    expect((await send(simulator, 'POST /contact/attributes', { InitialContactId: 'c', Attributes: {} })).status).toBe(
      200,
    );
    const wrong = { key: { id: KEY.id, secret: 'other' } };
    expect(error(await send(simulator, 'GET /users/i/u', undefined, wrong))).toEqual([
      403,
      'InvalidSignatureException',
    ]);
    const stranger = { key: { id: 'AKIAOTHER', secret: 'x' } };
    expect(error(await send(simulator, 'GET /users/i/u', undefined, stranger))).toEqual([
      403,
      'UnrecognizedClientException',
    ]);
    expect(error(await call(simulator, 'GET /users/i/u'))).toEqual([403, 'MissingAuthenticationTokenException']);
    const other = await call(simulator, 'POST /contact/stop', {
      body: '{"changed":true}',
      headers: sign(simulator, 'POST', '/contact/stop', { body: '{}' }),
    });
    expect(error(other)).toEqual([403, 'InvalidSignatureException']);
  });

  it('is accepted once', async () => {
    const simulator = await startAwsConnect();
    const headers = sign(simulator, 'GET', '/users/i/u');
    expect((await call(simulator, 'GET /users/i/u', { headers })).status).toBe(200);
    expect(error(await call(simulator, 'GET /users/i/u', { headers }))).toEqual([403, 'InvalidSignatureException']);
  });

  it.each([
    [-301_000, 'Signature expired'],
    [301_000, 'Signature not yet current'],
  ])('is refused %i ms away from the clock of the server', async (offMs, message) => {
    const simulator = await startAwsConnect({ clockSkewMs: 3_600_000 });
    const server = Date.now() + 3_600_000;
    expect((await send(simulator, 'GET /users/i/u', undefined, { atMs: server })).status).toBe(200);
    const refused = await send(simulator, 'GET /users/i/u', undefined, { atMs: server + offMs });
    expect(error(refused)).toEqual([403, 'InvalidSignatureException']);
    expect(refused.json.message).toContain(message);
  });

  it('has a session that the platform can end', async () => {
    const simulator = await startAwsConnect();
    const first = { session: 'one' };
    expect((await send(simulator, 'GET /users/i/u', undefined, first)).status).toBe(200);
    expect(simulator.revokeTokens()).toBe(1);
    expect(error(await send(simulator, 'GET /users/i/u', undefined, first))).toEqual([403, 'ExpiredTokenException']);
    expect((await send(simulator, 'GET /users/i/u', undefined, { session: 'two' })).status).toBe(200);
    expect((await send(simulator, 'GET /users/i/u', undefined)).status).toBe(200);
  });
});

describe('the operations', () => {
  /** Sends a burst, and tells how many requests a bucket that was full may have accepted until the last answer. */
  async function burst(
    simulator: Simulator,
    line: string,
    rate: number,
    size: number,
    signing: Signing = {},
  ): Promise<{ replies: Reply[]; most: number }> {
    const start = performance.now();
    const replies = await Promise.all(
      Array.from({ length: 40 }, () => send(simulator, line, line.startsWith('POST') ? {} : undefined, signing)),
    );
    return { replies, most: size + Math.ceil(((performance.now() - start) / 1000) * rate) };
  }

  it.each([
    ['GET /users/i/u', 2, 5],
    ['POST /metrics/current/i', 5, 8],
    ['POST /metrics/data', 2, 5],
  ])('have a token bucket: %s, %i per second and a burst of %i', async (line, rate, size) => {
    const simulator = await startAwsConnect();
    const { replies, most } = await burst(simulator, line, rate, size);
    const accepted = replies.filter(({ status }) => status === 200).length;
    expect(accepted).toBeGreaterThanOrEqual(size);
    expect(accepted).toBeLessThanOrEqual(most);
    const refused = replies.find(({ status }) => status !== 200) as Reply;
    expect(error(refused)).toEqual([429, 'TooManyRequestsException']);
    expect(refused.headers['retry-after']).toBeUndefined();
    expect(refused.headers['x-amzn-requestid']).toBeDefined();
  });

  it('have a bucket of their own for each account and operation', async () => {
    const simulator = await startAwsConnect({
      tokens: { clients: { AKIAONE: 'one', AKIATWO: 'two' }, tenants: { AKIATWO: '2' } },
    });
    const [one, two] = [{ key: { id: 'AKIAONE', secret: 'one' } }, { key: { id: 'AKIATWO', secret: 'two' } }];
    await burst(simulator, 'GET /users/i/u', 2, 5, one);
    expect((await send(simulator, 'GET /queues/i/q', undefined, one)).status).toBe(200);
    expect((await send(simulator, 'GET /users/i/u', undefined, two)).status).toBe(200);
  });

  it('create, list, read, change and delete', async () => {
    const simulator = await startAwsConnect();
    const { json: created } = await send(simulator, 'PUT /users/i', { Username: 'ada' });
    const { json: listed } = await send(simulator, 'GET /users-summary/i?maxResults=1', undefined);
    expect(listed.UserSummaryList).toMatchObject([{ Id: created.UserId, Username: 'ada' }]);
    await send(simulator, `POST /users/i/${created.UserId}/identity-info`, { IdentityInfo: { FirstName: 'Ada' } });
    const { json: found } = await send(simulator, `GET /users/i/${created.UserId}`, undefined);
    expect(found.User).toMatchObject({ Username: 'ada', IdentityInfo: { FirstName: 'Ada' } });
    expect((await send(simulator, `DELETE /users/i/${created.UserId}`, undefined)).status).toBe(200);
    const gone = await send(simulator, `GET /users/i/${created.UserId}`, undefined);
    expect(error(gone)).toEqual([404, 'ResourceNotFoundException']);
  });

  it('start a contact once for each client token', async () => {
    const simulator = await startAwsConnect();
    const chat = { InstanceId: 'i', ClientToken: 't-1' };
    const { json: first } = await send(simulator, 'PUT /contact/chat', chat);
    const { json: again } = await send(simulator, 'PUT /contact/chat', chat);
    const { json: other } = await send(simulator, 'PUT /contact/chat', { ...chat, ClientToken: 't-2' });
    expect(again).toEqual(first);
    expect(other.ContactId).not.toBe(first.ContactId);
    expect(simulator.stats()).toMatchObject({ executedWrites: 2, duplicateWrites: 0 });
  });

  it('that the simulator does not know are signed too', async () => {
    const simulator = await startAwsConnect();
    expect((await send(simulator, 'POST /rules/i', { Name: 'r' })).status).toBe(200);
    expect(error(await call(simulator, 'POST /rules/i', { body: '{}' }))).toEqual([
      403,
      'MissingAuthenticationTokenException',
    ]);
  });
});
