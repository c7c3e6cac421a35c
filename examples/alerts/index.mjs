// A line watches itself. When the platform refuses calls, a receiver of webhooks gets one message, and one more when it is over.
import { once } from 'node:events';
import { createServer } from 'node:http';
import axios from 'axios';
import { guardAxios } from '@holdline/axios';
import { createHoldline } from '@holdline/core';
import { alerts, DEFAULT_RULES, describeTrace } from '@holdline/monitor';
import { startSimulator } from '@holdline/simulator';
import { Webhook } from 'standardwebhooks';

const SECRET = `whsec_${Buffer.from('known to the line and to the receiver').toString('base64')}`;

console.log(
  'Shows: an alert is raised once, resolved once, and delivered signed, although its receiver fails at first.\n',
);

// The receiver: a chat, a pager, or a service of yours. It checks the signature of each message, and its first answer is a 500.
const messages = [];
let requests = 0;
let refusedSignatures = 0;
const receiver = createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    try {
      const message = new Webhook(SECRET).verify(body, request.headers);
      if (++requests > 1) messages.push(message);
      response.writeHead(requests > 1 ? 204 : 500).end();
    } catch {
      refusedSignatures++;
      response.writeHead(400).end();
    }
  });
}).listen(0, '127.0.0.1');
await once(receiver, 'listening');

const simulator = await startSimulator({ platform: 'genesys' });
const login = await fetch(`${simulator.url}/oauth/token`, {
  method: 'POST',
  headers: { authorization: `Basic ${btoa('any-id:any-secret')}`, 'content-type': 'application/x-www-form-urlencoded' },
  body: 'grant_type=client_credentials',
});
const { access_token: token } = await login.json();

const line = createHoldline();
const api = guardAxios(axios.create({ baseURL: simulator.url, headers: { authorization: `Bearer ${token}` } }), line);

// Rules are plain data. This one is the default rule with a window of 2 seconds, so that the example does not take a minute.
const refusal = DEFAULT_RULES.find(({ name }) => name === 'refusal');
const watch = alerts(line, {
  rules: [{ ...refusal, when: { ...refusal.when, windowMs: 2_000 } }],
  webhooks: [{ url: `http://127.0.0.1:${receiver.address().port}/`, secret: SECRET }],
});
watch.on('alertRaised', ({ text }) => console.log(`   raised:   ${text}`));
watch.on('alertResolved', ({ text }) => console.log(`   resolved: ${text}`));

console.log('1. The platform answers a call with 429 and "Retry-After: 2".');
simulator.script('GET /api/v2/users/me', [{ status: 429, headers: { 'retry-after': '2' } }]);
await Promise.all(Array.from({ length: 20 }, () => api.get('/api/v2/users/me')));

console.log('2. The alert leads to the calls behind it. The refused one:');
const [alert] = watch.list();
const refused = watch.monitor.calls({ ...alert.calls, status: 429 });
for (const sentence of describeTrace(refused[0])) console.log(`   ${sentence}`);

console.log('3. The receiver answers the first message with 500, and gets it again.');
const started = Date.now();
while (messages.length < 2 && Date.now() - started < 60_000) await new Promise((resolve) => setTimeout(resolve, 50));
await watch.drain();
console.log(`   ${requests} requests: ${messages.map(({ type }) => type).join(', ')}`);

const all = watch.list().length;
await line.close();
await simulator.stop();
receiver.close();
const types = messages.map(({ type }) => type).join();
const holds = types === 'alert.raised,alert.resolved' && requests === 3 && refusedSignatures === 0 && all === 1;
console.log(
  holds
    ? '\nHeld: one alert, raised once and resolved once, and each message is signed and accepted once.'
    : `\nDid not hold: ${all} alerts, messages ${types}, ${requests} requests, ${refusedSignatures} wrong signatures.`,
);
process.exitCode = holds ? 0 : 1;
