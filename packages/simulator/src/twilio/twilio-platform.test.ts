import { describe, expect, it } from 'vitest';
import { call, type Reply, startGenesys, startTwilio, waitUntil } from '../testing/http-client.js';
import type { Simulator } from '../simulator.js';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const OTHER_ACCOUNT = `AC${'2'.repeat(32)}`;
const TASKS = '/v1/Workspaces/WS1/Tasks';

function ask(
  simulator: Simulator,
  route: string,
  form?: Record<string, string>,
  options: { id?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const { id = ACCOUNT, headers } = options;
  return call(simulator, route, {
    ...(form && { body: new URLSearchParams(form).toString() }),
    headers: {
      Authorization: `Basic ${Buffer.from(`${id}:secret`).toString('base64')}`,
      ...(form && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
  });
}

describe('the Twilio simulator', () => {
  it('answers 401 with code 20003 without a known credential', async () => {
    const simulator = await startTwilio({ tokens: { clients: { [ACCOUNT]: 'secret' } } });
    const refused = { code: 20_003, more_info: 'https://www.twilio.com/docs/errors/20003', status: 401 };
    expect((await call(simulator, `GET ${TASKS}`)).json).toMatchObject(refused);
    expect((await ask(simulator, `GET ${TASKS}`, undefined, { id: OTHER_ACCOUNT })).json).toMatchObject(refused);
    expect((await ask(simulator, `GET ${TASKS}`)).status).toBe(200);
  });

  it('stores a task that a form creates, in the account of the credential', async () => {
    const simulator = await startTwilio();
    const created = await ask(simulator, `POST ${TASKS}`, { Attributes: '{"a":1}', TaskChannel: 'chat' });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({
      account_sid: ACCOUNT,
      workspace_sid: 'WS1',
      attributes: '{"a":1}',
      task_channel: 'chat',
      assignment_status: 'pending',
    });
    const path = `${TASKS}/${created.json.sid}`;
    expect((await ask(simulator, `GET ${path}`)).json.sid).toBe(created.json.sid);
    const elsewhere = await ask(simulator, `GET ${path}`, undefined, { id: OTHER_ACCOUNT });
    expect(elsewhere.json).toMatchObject({ code: 20_404, status: 404 });
    expect((await ask(simulator, `DELETE ${path}`)).status).toBe(204);
    expect((await ask(simulator, `GET ${path}`)).status).toBe(404);
  });

  it('changes a task only if the version of If-Match is its own', async () => {
    const simulator = await startTwilio();
    const { json, headers } = await ask(simulator, `POST ${TASKS}`, { Attributes: '{}' });
    const update = (version: string): Promise<Reply> =>
      ask(simulator, `POST ${TASKS}/${json.sid}`, { Priority: '5' }, { headers: { 'If-Match': version } });
    expect((await update(headers.etag ?? '')).json.priority).toBe('5');
    expect((await update(headers.etag ?? '')).json).toMatchObject({ code: 20_412, status: 412 });
  });

  it('offers a task to a worker, who accepts the reservation', async () => {
    const simulator = await startTwilio();
    await ask(simulator, 'POST /v1/Workspaces/WS1/Workers', { FriendlyName: 'Ada' });
    const task = await ask(simulator, `POST ${TASKS}`, { Attributes: '{}' });
    expect(task.json.assignment_status).toBe('reserved');
    const list = await ask(simulator, `GET ${TASKS}/${task.json.sid}/Reservations`);
    const [reservation] = list.json.reservations;
    expect(reservation).toMatchObject({ reservation_status: 'pending', task_sid: task.json.sid });
    const accepted = { ReservationStatus: 'accepted' };
    await ask(simulator, `POST ${TASKS}/${task.json.sid}/Reservations/${reservation.sid}`, accepted);
    expect((await ask(simulator, `GET ${TASKS}/${task.json.sid}`)).json.assignment_status).toBe('assigned');
  });

  it('pages a list with addresses of itself', async () => {
    const simulator = await startTwilio();
    for (let made = 0; made < 5; made++) await ask(simulator, `POST ${TASKS}`, { Attributes: '{}' });
    const pages: number[] = [];
    let next: string | null = `${simulator.url}${TASKS}?PageSize=2`;
    while (next !== null) {
      const { json } = await ask(simulator, `GET ${next.slice(simulator.url.length)}`);
      pages.push(json.tasks.length);
      next = json.meta.next_page_url;
    }
    expect(pages).toEqual([2, 2, 1]);
    expect((await ask(simulator, `GET ${TASKS}?PageSize=0`)).json.status).toBe(400);
  });

  it('makes a Flex interaction with a channel', async () => {
    const simulator = await startTwilio();
    const { status, json } = await ask(simulator, 'POST /v1/Interactions', {
      Channel: '{"type":"sms"}',
      Routing: '{}',
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({ channel: { type: 'sms' }, links: { channels: `${json.url}/Channels` } });
    const { channels } = (await ask(simulator, `GET /v1/Interactions/${json.sid}/Channels`)).json;
    expect(channels).toMatchObject([{ interaction_sid: json.sid, type: 'sms', status: 'active' }]);
    expect((await ask(simulator, 'POST /v1/Interactions', {})).json.status).toBe(400);
  });

  it('refuses the 21st interaction of an account in a second, without Retry-After', async () => {
    const simulator = await startTwilio({
      limits: [
        {
          name: 'flex',
          per: 'tenant',
          match: 'POST /v1/Interactions',
          limit: 20,
          windowMs: 600_000,
          enforcement: 'sliding',
        },
      ],
    });
    const make = (id: string): Promise<Reply> => ask(simulator, 'POST /v1/Interactions', { Channel: '{}' }, { id });
    const replies = await Promise.all(Array.from({ length: 21 }, () => make(ACCOUNT)));
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.json).toEqual({
      code: 20_429,
      message: 'Too Many Requests',
      more_info: 'https://www.twilio.com/docs/errors/20429',
      status: 429,
    });
    expect(refused[0]?.headers['retry-after']).toBeUndefined();
    expect((await make(OTHER_ACCOUNT)).status).toBe(201);
  });

  it('counts the open requests of an account and refuses those above maxConcurrent', async () => {
    const simulator = await startTwilio({ maxConcurrent: 2, serviceMs: 60_000 });
    const hanging = {
      headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:secret`).toString('base64')}` },
      abortAfterMs: 500,
    };
    const gone = [call(simulator, `GET ${TASKS}`, hanging), call(simulator, `GET ${TASKS}`, hanging)].map((one) =>
      expect(one).rejects.toThrow('gone'),
    );
    await waitUntil(() => simulator.wire().filter(({ outcome }) => outcome === 'open').length === 2);
    simulator.set({ serviceMs: 0 });
    const refused = await ask(simulator, `GET ${TASKS}`);
    expect(refused).toMatchObject({ status: 429, json: { code: 20_429 } });
    expect(refused.headers['twilio-concurrent-requests']).toBe('2');
    expect((await ask(simulator, `GET ${TASKS}`, undefined, { id: OTHER_ACCOUNT })).status).toBe(200);
    await Promise.all(gone);
    await waitUntil(() => simulator.wire().every(({ outcome }) => outcome !== 'open'));
    expect((await ask(simulator, `GET ${TASKS}`)).headers['twilio-concurrent-requests']).toBe('1');
  });

  it('gives an OAuth client a token for its account', async () => {
    const simulator = await startTwilio({ tokens: { tenants: { OQ1: ACCOUNT } } });
    const form = { grant_type: 'client_credentials', client_id: 'OQ1', client_secret: 'secret' };
    const { json } = await ask(simulator, 'POST /v2/token', form);
    const { json: task } = await call(simulator, `POST ${TASKS}`, { token: json.access_token, body: {} });
    expect(task.account_sid).toBe(ACCOUNT);
    simulator.revokeTokens();
    expect((await call(simulator, `GET ${TASKS}`, { token: json.access_token })).status).toBe(401);
    expect((await ask(simulator, 'POST /v2/token', { ...form, grant_type: 'password' })).status).toBe(400);
  });

  it('answers paths that it does not know', async () => {
    const simulator = await startTwilio();
    const path = `/2010-04-01/Accounts/${ACCOUNT}/Messages`;
    const sent = await ask(simulator, `POST ${path}.json`, { To: '+1', Body: 'Hello' });
    expect(sent.json).toMatchObject({ account_sid: ACCOUNT, body: 'Hello', to: '+1' });
    expect((await ask(simulator, `GET ${path}/SM1.json`)).json.sid).toBe('SM1');
    expect((await ask(simulator, `PUT ${path}/SM1.json`, {})).json.code).toBe(20_004);
  });

  it('accepts maxConcurrent for Twilio only', async () => {
    await expect(startTwilio({ maxConcurrent: 0 })).rejects.toThrow('maxConcurrent is 0');
    await expect(startGenesys({ maxConcurrent: 1 })).rejects.toThrow("only with platform 'twilio'");
  });
});
