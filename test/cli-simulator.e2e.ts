import { existsSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { guardWebSocket } from '@holdline/websocket';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { makeProject, run, start } from './cli-support.js';

async function login(url: string): Promise<Record<string, string>> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const headers = { authorization: `Basic ${btoa('id:secret')}` };
  const answer = await fetch(`${url}/oauth/token`, { method: 'POST', headers, body });
  const { access_token } = (await answer.json()) as { access_token: string };
  return { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
}

/** Reads messages of the stream until one row has this status. */
async function rowWith(page: string, status: number): Promise<Record<string, unknown>> {
  const stop = new AbortController();
  const response = await fetch(`${page}stream`, { signal: stop.signal });
  let text = '';
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString('utf8');
      const messages = text.split('\n\n').slice(0, -1);
      const rows = messages.flatMap(
        (message) => (JSON.parse(message.slice('data: '.length)) as { rows: Record<string, unknown>[] }).rows,
      );
      const found = rows.find((row) => row['status'] === status);
      if (found) return found;
    }
  } finally {
    stop.abort();
  }
  throw new Error('the stream ended');
}

describe('simulator', () => {
  test('answers real requests, shows them on its page, and ends with SIGINT and its statistics', async () => {
    const running = start(
      [
        'simulator',
        '--limit',
        '3/60s,enforcement=sliding,name=three',
        '--fault',
        'kind=status,status=503,match=GET /api/v2/groups,times=1',
      ],
      makeProject({}, []),
    );
    const [, url = ''] = await running.finds(/Genesys Cloud: (http:\S+)/);
    const [, page = ''] = await running.finds(/Wire log: (http:\S+)/);
    await running.finds(/setGateway\(\{ host: '127\.0\.0\.1', protocol: 'http', port: \d+ \}\)/);
    const headers = await login(url);
    const send = async (path: string, more: RequestInit = {}): Promise<number> =>
      (await fetch(url + path, { headers, ...more })).status;
    const write = { method: 'POST', body: '{"firstName":"a"}' };
    expect(await send('/api/v2/externalcontacts/contacts', write)).toBe(200);
    expect(await send('/api/v2/externalcontacts/contacts', write)).toBe(200);
    expect(await send('/api/v2/groups?access_token=secret')).toBe(503);
    expect(await send('/api/v2/users/me?code=secret')).toBe(429);
    expect(await rowWith(page, 429)).toMatchObject({
      path: '/api/v2/users/me?code=…',
      refusedBy: 'three',
      token: 't1',
      executedWrite: false,
    });
    const html = await fetch(page);
    expect(html.headers.get('content-type')).toContain('text/html');
    expect(await html.text()).toContain('Load of the simulator');
    running.child.kill('SIGINT');
    const { code, out, err } = await running.ended;
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('4 API requests: 3 answered, 1 refused with 429, 0 with 401, 0 without an answer\n');
    expect(out).toContain('1 token requests, 2 writes executed, 1 of them duplicates\n');
    await expect(fetch(url)).rejects.toThrow();
  });

  test('reads its options from a file, with those of the command line over them', async () => {
    const cwd = makeProject(
      { 'simulator.ts': "export default { platform: 'cxone' as const, limits: [], serviceMs: 1 };" },
      [],
    );
    const running = start(['simulator', '--config', 'simulator.ts', '--no-ui', '--seed', '7'], cwd);
    const [, url = ''] = await running.finds(/CXone: (http:\S+)/);
    const answer = await fetch(`${url}/authentication/v1/token/access-key`, {
      method: 'POST',
      body: JSON.stringify({ accessKeyId: 'key@acme', accessKeySecret: 'any' }),
    });
    expect(answer.status).toBe(200);
    running.child.kill('SIGTERM');
    const { code, out } = await running.ended;
    expect(code).toBe(0);
    expect(out).not.toContain('Wire log');
  });

  test('says when its port is in use', async () => {
    const cwd = makeProject({}, []);
    const first = start(['simulator'], cwd);
    const [, port = ''] = await first.finds(/Genesys Cloud: http:\/\/127\.0\.0\.1:(\d+)/);
    expect(await run(['simulator', '--port', port], cwd)).toEqual({
      code: 1,
      out: '',
      err: `error: Port ${port} is in use. Choose another one, or 0 for any free port.\n`,
    });
    expect(await run(['simulator', '--ui', port], cwd)).toMatchObject({ code: 1 });
    first.child.kill('SIGINT');
    await first.ended;
  });

  test('runs a profile of a user in shadow mode, and reports who would have been throttled', async () => {
    const profile = {
      extends: 'genesys-default',
      description: 'a small org',
      options: {
        limits: [
          { name: 'token.rate.per.minute', per: 'token', limit: 5, windowMs: 60_000, enforcement: 'sliding' },
          {
            name: 'scripts',
            per: 'org',
            match: 'GET /api/v2/scripts/:id',
            limit: 2,
            windowMs: 60_000,
            enforcement: 'fixed',
          },
        ],
        latency: { other: 1 },
      },
      facts: { 'limits.scripts': { grade: 'B', source: 'support case of the test' } },
    };
    const cwd = makeProject({ 'our.json': JSON.stringify(profile) }, []);
    const args = ['simulator', '--profile', './our.json', '--shadow', '--report', 'report.json'];
    const running = start(args, cwd);
    const [, url = ''] = await running.finds(/Genesys Cloud: (http:\S+)/);
    const [, page = ''] = await running.finds(/Wire log: (http:\S+)/);
    await running.finds(/Profile \.\/our\.json: a small org\./);
    await running.finds(/Shadow mode: limits count, but nothing is refused\./);
    const [one, other] = [await login(url), await login(url)];
    const statuses = new Set<number>();
    for (let n = 0; n < 8; n++) statuses.add((await fetch(`${url}/api/v2/users/u${n}`, { headers: one })).status);
    for (const headers of [one, other, other, other])
      statuses.add((await fetch(`${url}/api/v2/scripts/s1`, { headers })).status);
    expect([...statuses]).toEqual([200]);
    const live = (await (await fetch(`${page}report`)).json()) as Report;
    expect(live).toMatchObject({ version: 1, load: { requests: 12, throttled: 5 } });

    running.child.kill('SIGTERM');
    const { code, out, err } = await running.ended;
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Who would have been throttled in production\n');
    expect(out).toMatch(/scripts\s+2 in 60 s per org\s+4\s+1\s+4 \(200 %\)/);
    expect(out).toContain('limits.scripts: B. support case of the test');
    expect(out).toContain('\nReport: report.json\n');
    const report = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8')) as Report;
    expect(report).toMatchObject({
      platform: 'genesys',
      profile: { name: './our.json' },
      load: { enforced: false, requests: 12, throttled: 5, callers: [{ token: 't1', throttled: 4 }, { token: 't2' }] },
      savings: { lookedAt: 12, cache: [{ route: 'GET /api/v2/scripts/:id', requests: 2 }] },
    });
    expect(report.pacing.map(({ limit }) => limit)).toEqual(['token.rate.per.minute', 'scripts']);
    expect(JSON.stringify(report)).not.toContain(one['authorization']?.split(' ')[1]);
  });

  test('ends by itself after its duration', async () => {
    const { code, out, err } = await run(['simulator', '--duration', '300ms', '--no-ui'], makeProject({}, []));
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Ends after 300 ms.');
    expect(out).toContain('Load of');
  });

  test('ends cleanly with SIGINT under load, and prints its report', async () => {
    const cwd = makeProject({}, []);
    const running = start(['simulator', '--profile', 'genesys-default', '--service', '5', '--report', 'r.json'], cwd);
    const [, url = ''] = await running.finds(/Genesys Cloud: (http:\S+)/);
    const tokens = await Promise.all(Array.from({ length: 4 }, () => login(url)));
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    let sent = 0;
    let answered = 0;
    const load = Promise.all(
      Array.from({ length: 64 }, async (_, n) => {
        for (let broken = false; !broken;) {
          sent++;
          broken = await send(`${url}/api/v2/users/u${sent % 50}`, agent, tokens[n % 4] ?? {}).then(
            () => (answered++, false),
            () => true,
          );
          if (answered === 3000) running.child.kill('SIGINT');
        }
      }),
    );
    const { code, out, err } = await running.ended;
    await load;
    agent.destroy();
    expect([code, err]).toEqual([0, '']);
    expect(answered).toBeGreaterThanOrEqual(3000);
    const report = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8')) as Report;
    expect(report.load.requests).toBeGreaterThanOrEqual(answered);
    expect(report.load.requests).toBeLessThanOrEqual(sent);
    expect(report.load.throttled).toBeGreaterThan(1500);
    expect(out).toContain('What pacing would avoid it\n');
    expect(out).toMatch(/token\.rate\.per\.minute: at most \S+ with bursts of \d+, for each\s+token\./);
    expect(out).toContain("createHoldline: governor: { quotas: [{ name: 'token.rate.per.minute', limit: 300");
  });

  test('gives the configuration of guardWebSocket for limits of upgrades', async () => {
    const sockets = { upgrades: [{ name: 'up', per: 'org', limit: 1, windowMs: 60_000, enforcement: 'sliding' }] };
    const cwd = makeProject({ 'c.json': JSON.stringify({ sockets }) }, []);
    const running = start(['simulator', '--config', 'c.json', '--report', 'r.json', '--no-ui'], cwd);
    const [, url = ''] = await running.finds(/Genesys Cloud: (http:\S+)/);
    const open = (): Promise<string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/sockets/echo`);
        socket.on('open', () => resolve('open')).on('error', () => resolve('refused'));
      });
    expect([await open(), await open()]).toEqual(['open', 'refused']);
    running.child.kill('SIGINT');
    const { out } = await running.ended;
    const { pacing } = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8')) as Report;
    expect(pacing).toMatchObject([{ limit: 'up', part: 'handshakes' }]);
    const lines = pacing[0]?.lines ?? '';
    expect(out).toContain(`guardWebSocket: ${lines}`);
    // The printed lines are the source code of an object.
    const config = new Function(`return { ${lines} };`)() as Parameters<typeof guardWebSocket>[1];
    expect(config).toMatchObject({ handshakes: { quotas: [{ name: 'up', limit: 1, windowMs: 60_000 }] } });
    expect(() => guardWebSocket(WebSocket, config)).not.toThrow();
  });

  test.each<[string, string[], string]>([
    [
      'an unknown profile',
      ['--profile', 'aws'],
      "There is no profile 'aws'. The profiles are genesys-default and cxone;",
    ],
    ['a missing file', ['--profile', './none.json'], 'There is no file'],
    [
      'a wrong file',
      ['--profile', 'wrong.json'],
      'The profile wrong.json is wrong: limits[0].limit is 0; allowed: a whole number from 1',
    ],
    ['another platform', ['--profile', 'cxone', '--platform', 'genesys'], 'is for the platform cxone, not for genesys'],
    ['a folder that does not exist', ['--report', 'none/r.json'], '--report: the folder'],
    ['no time', ['--duration', 'soon'], 'It must be a time such as 90s'],
    ['no rate', ['--calls', '-1'], 'It must be a number of calls per second'],
  ])('refuses %s', async (_, args, message) => {
    const limits = [{ name: 'l', per: 'org', limit: 0, windowMs: 1, enforcement: 'fixed' }];
    const cwd = makeProject({ 'wrong.json': JSON.stringify({ extends: 'cxone', options: { limits } }) }, []);
    const { code, out, err } = await run(['simulator', ...args], cwd);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(existsSync(join(cwd, 'none'))).toBe(false);
  });
});

interface Report {
  load: { requests: number; throttled: number };
  pacing: { limit: string; lines: string }[];
}

/** Sends a request over a connection that is kept. Rejects when the connection breaks. */
function send(url: string, agent: Agent, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      response.on('end', resolve).on('error', reject).resume();
    })
      .on('error', reject)
      .end();
  });
}
