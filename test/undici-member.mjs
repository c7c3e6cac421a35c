// Uses a guarded dispatcher of one version of undici, and prints what happened as JSON: `node undici-member.mjs <name of the package>`.
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { readFileSync } from 'node:fs';
import { callInfo, createHoldline } from '@holdline/core';
import { guardUndici, holdlineInterceptor } from '@holdline/undici';

const undici = await import(process.argv[2]);

/** Refuses each URL once with a long body, and then answers with the method and the body of the request. */
const seen = new Map();
const requests = [];
function answer(request, response) {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const count = (seen.get(request.url) ?? 0) + 1;
    seen.set(request.url, count);
    requests.push(request.headers.authorization);
    if (count === 1) response.writeHead(429, { 'retry-after': '0' }).end('x'.repeat(500_000));
    else response.writeHead(200, { 'x-kind': 'good' }).end(`${request.method} ${body}`);
  });
}
const server = createServer(answer);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;

const line = createHoldline({
  governor: { defaultRetryAfterMs: 1 },
  retry: { maxAttempts: 3, baseDelayMs: 1 },
  token: { grant: async () => ({ accessToken: 'member-token' }), origins: [url] },
});
const agent = new undici.Agent({ connections: 1 });
const dispatcher = guardUndici(agent, line);
const report = { node: process.version, results: {}, attempts: 0 };

/** Runs one use, and notes its result or its error. */
async function use(name, run) {
  try {
    report.results[name] = await run();
  } catch (error) {
    report.results[name] = `${error.name}: ${error.message} (${error.cause?.message ?? 'no cause'})`;
  }
}
const textOf = async ({ status, headers, text }, response) =>
  `${status} ${headers} ${await text.call(response)}`.trim();
const ofRequest = async ({ statusCode: status, headers, body }) =>
  textOf({ status, headers: headers['x-kind'], text: body.text }, body);
const ofFetch = async (response) =>
  textOf({ status: response.status, headers: response.headers.get('x-kind'), text: response.text }, response);
const post = { method: 'POST', body: 'abc' };

line.on('attempt', () => report.attempts++);
await use('request', async () => {
  const result = await undici.request(`${url}/request`, { dispatcher });
  return `${await ofRequest(result)} ${callInfo(result.context)?.attempts}`;
});
await use('request with a body', async () => ofRequest(await undici.request(`${url}/post`, { dispatcher, ...post })));
await use('fetch of the package', async () => ofFetch(await undici.fetch(`${url}/own-fetch`, { dispatcher, ...post })));
await use('fetch of Node', async () => ofFetch(await fetch(`${url}/node-fetch`, { dispatcher, ...post })));
await use('bare Agent with the fetch of Node', async () => {
  const bare = new undici.Agent();
  const result = await fetch(`${url}/bare`, { dispatcher: bare }).then(
    async (response) => ofFetch(response).then((text) => text.slice(0, 3)),
    ({ cause }) => cause.message,
  );
  await bare.destroy();
  return result;
});
await use('fetch of Node, aborted', async () => {
  const controller = new AbortController();
  line.holdBack({ method: 'GET', url: `${url}/aborted` }, 60_000);
  const waiting = fetch(`${url}/aborted`, { dispatcher, signal: controller.signal });
  setImmediate(() => controller.abort());
  return waiting.catch(({ name }) => name);
});
await use('interceptor', async () => {
  const composed = new undici.Client(url).compose(holdlineInterceptor(line));
  const result = await ofRequest(await composed.request({ path: '/client', method: 'GET' }));
  await composed.close();
  return result;
});
await use('RetryAgent', async () =>
  ofRequest(await undici.request(`${url}/retry`, { dispatcher: new undici.RetryAgent(dispatcher, { minTimeout: 1 }) })),
);
await use('MockAgent', async () => {
  const mock = new undici.MockAgent();
  mock.disableNetConnect();
  const pool = mock.get('https://api.example.com');
  pool.intercept({ path: '/mock' }).reply(429, 'no', { headers: { 'retry-after': '0' } });
  pool.intercept({ path: '/mock' }).reply(200, 'mocked');
  const { body } = await undici.request('https://api.example.com/mock', { dispatcher: guardUndici(mock, line) });
  const text = await body.text();
  await mock.close();
  return text;
});
await use('global dispatcher', async () => {
  undici.setGlobalDispatcher(dispatcher);
  return [
    await ofRequest(await undici.request(`${url}/global`)),
    await ofFetch(await fetch(`${url}/global-fetch`, post)),
  ].join(', ');
});
await use('HTTP/2', async () => {
  const [key, cert] = process.argv.slice(3).map((path) => readFileSync(path));
  const secure = createSecureServer({ key, cert, allowHTTP1: true }, answer);
  secure.on('session', (session) => session.on('error', () => undefined));
  await new Promise((resolve) => secure.listen(0, '127.0.0.1', resolve));
  const h2 = guardUndici(new undici.Agent({ allowH2: true, connect: { rejectUnauthorized: false } }), line);
  const origin = `https://127.0.0.1:${secure.address().port}`;
  const result = [
    await ofRequest(await undici.request(`${origin}/h2`, { dispatcher: h2 })),
    await ofFetch(await undici.fetch(`${origin}/h2-fetch`, { dispatcher: h2, ...post })),
    await ofFetch(await fetch(`${origin}/h2-node-fetch`, { dispatcher: h2, ...post })),
  ].join(', ');
  await h2.destroy();
  secure.close();
  return result;
});

report.tokens = [...new Set(requests)];
await dispatcher.destroy();
await line.close();
server.close();
console.log(JSON.stringify(report));
