// One line adds pacing and retries below an axios instance. The code that uses the instance does not change.
import { createServer } from 'node:http';
import axios from 'axios';
import { guardAxios } from '@holdline/axios';

// A server that answers 10 requests per second, refuses the rest, and breaks the connection of every 25th.
const LIMIT = 10;
const WINDOW_MS = 1_000;
let windowEnds = 0;
let left = 0;
let seen = 0;
let refused = 0;
const server = createServer((request, response) => {
  const now = performance.now();
  if (now >= windowEnds) [windowEnds, left] = [now + WINDOW_MS, LIMIT];
  if (--left < 0) {
    refused++;
    response.writeHead(429, { 'retry-after': '1' }).end();
  } else if (++seen % 25 === 0) request.socket.destroy();
  else response.end(JSON.stringify({ path: request.url }));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const baseURL = `http://127.0.0.1:${server.address().port}`;

/** Runs the load of an application: 30 reads at once. */
async function runLoad(name, api) {
  [seen, refused] = [0, 0];
  const started = performance.now();
  const ends = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => api.get(`/users/${i}`)));
  const answered = ends.filter(({ status }) => status === 'fulfilled').length;
  const failed = ends.length - answered;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`  ${name.padEnd(16)}  ${answered} answered, ${failed} failed, ${refused} × 429, ${seconds} s`);
  return { failed, refused };
}

console.log('Shows: one line adds pacing and retries to an axios instance.');
console.log(`30 reads start at once. The server answers ${LIMIT} per second and breaks every 25th connection.\n`);

const bare = await runLoad('axios', axios.create({ baseURL }));
await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));

const api = guardAxios(axios.create({ baseURL }), { governor: { quotas: [{ limit: LIMIT, windowMs: WINDOW_MS }] } }); // the line

const guarded = await runLoad('axios + Holdline', api);
if (guarded.refused > 0) {
  console.log(`\nHoldline sent ${guarded.refused} read over the limit on purpose, to learn how the server counts.`);
  console.log(`That read was sent again. enforcement: 'sliding' turns this test off.`);
}

server.close();
server.closeAllConnections();
const holds = bare.failed > 0 && guarded.failed === 0 && guarded.refused < bare.refused;
console.log(
  holds
    ? `\nHeld: without the line ${bare.failed} of 30 reads failed, with it none.`
    : `\nDid not hold: without the line ${bare.failed} reads failed, with it ${guarded.failed}.`,
);
process.exitCode = holds ? 0 : 1;
