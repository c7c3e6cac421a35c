import { describe, expect, test } from 'vitest';
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
    expect(await html.text()).toContain('Wire log of the simulator');
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
});
