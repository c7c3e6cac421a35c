// Two custom policies. The phase of a policy decides its place, so the order of `use` does not matter.
import axios from 'axios';
import { guardAxios } from '@holdline/axios';
import { createHoldline } from '@holdline/core';
import { startSimulator } from '@holdline/simulator';
import { correlation, stopwatch } from './policies.mjs';

console.log('Shows: two custom policies. Their phases decide their places; the order of use() does not.\n');

const attempts = [];
const line = createHoldline({ retry: { baseDelayMs: 50 } })
  // The reverse order gives the same pipeline.
  .use(stopwatch({ record: (...attempt) => attempts.push(attempt) }))
  .use(correlation({ header: 'X-Acme-Correlation' }));

const { policies } = line.explain({ method: 'GET', url: '/api/v2/users/me' });
console.log('The pipeline of a call:');
for (const { name, phase } of policies) console.log(`  ${phase.padEnd(9)} ${name}`);

const simulator = await startSimulator({ platform: 'genesys' });
const login = new URLSearchParams({ grant_type: 'client_credentials' });
const { data } = await axios.post(`${simulator.url}/oauth/token`, login, {
  auth: { username: 'id', password: 'secret' },
});
const api = guardAxios(
  axios.create({ baseURL: simulator.url, headers: { Authorization: `Bearer ${data.access_token}` } }),
  line,
);

simulator.script('GET /api/v2/users/me', [{ status: 503 }]); // The first attempt fails.
const { config, status } = await api.get('/api/v2/users/me');
console.log(`\nOne call, whose first attempt gets a 503, ends with status ${status}.`);
console.log(`  acme-correlation added the id ${config.headers.get('X-Acme-Correlation')} to both attempts`);
for (const [i, [, outcome, ms]] of attempts.entries())
  console.log(`  acme-stopwatch measured attempt ${i + 1}: outcome ${outcome}, ${ms.toFixed(1)} ms`);

await simulator.stop();
const names = policies.map(({ name }) => name);
const isOrdered = names.indexOf('acme-correlation') < names.indexOf('retry') && names.at(-1) === 'acme-stopwatch';
const holds = isOrdered && attempts.map(([, outcome]) => outcome).join() === 'unknown,ok';
console.log(
  holds
    ? '\nHeld: one policy ran once for the call, the other once for each attempt.'
    : `\nDid not hold: the pipeline is ${names.join(' > ')}, and ${attempts.length} attempts were measured.`,
);
process.exitCode = holds ? 0 : 1;
