// One line adds pacing, retries and the token to every fetch to one origin. The code that calls fetch does not change.
import { createServer } from 'node:http';
import { callInfo } from '@holdline/core';
import { installFetch } from '@holdline/fetch';

/** Starts a server on a free port. */
async function startServer(answer) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop: () => (server.closeAllConnections(), server.close()),
  };
}

// A server of another origin. It records the credentials that it receives.
const receivedCredentials = [];
const elsewhere = await startServer((request, response) => {
  receivedCredentials.push(request.headers.authorization);
  response.end('elsewhere');
});

// A platform with 10 requests per second and tokens that last two seconds.
const [LIMIT, WINDOW_MS, LIFETIME_MS] = [10, 1_000, 2_000];
let token = { value: '', endsAt: 0 };
let [windowEnds, left, granted, refused] = [0, 0, 0, 0];
const platform = await startServer((request, response) => {
  const now = performance.now();
  if (request.url === '/token') {
    granted++;
    token = { value: `t${granted}`, endsAt: now + LIFETIME_MS };
    return void response.end(JSON.stringify({ accessToken: token.value }));
  }
  if (now >= windowEnds) [windowEnds, left] = [now + WINDOW_MS, LIMIT];
  if (--left < 0) {
    refused++;
    return void response.writeHead(429, { 'retry-after': '1' }).end();
  }
  if (request.headers.authorization !== `Bearer ${token.value}` || now >= token.endsAt)
    return void response.writeHead(401).end();
  if (request.url === '/moved') return void response.writeHead(302, { location: `${elsewhere.origin}/` }).end();
  response.end(JSON.stringify({ path: request.url }));
});

console.log('Shows: one line adds pacing, retries and the token to every fetch to one origin.');
console.log(`30 reads start at once. The platform answers ${LIMIT} per second; its tokens last two seconds.\n`);

/** The application logs in, then makes 30 reads at once. */
const logIn = async () => (await fetch(`${platform.origin}/token`, { method: 'POST' })).json();
async function runLoad(authorization) {
  const headers = { Authorization: authorization };
  const responses = await Promise.all(
    Array.from({ length: 30 }, (_, i) => fetch(`${platform.origin}/users/${i}`, { headers })),
  );
  return responses.filter(({ ok }) => ok).length;
}

const { accessToken } = await logIn();
const bare = await runLoad(`Bearer ${accessToken}`);
console.log(`  fetch             ${bare} answered, ${30 - bare} failed, ${refused} × 429`);
await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
[granted, refused] = [0, 0];

const uninstall = installFetch({
  origins: [platform.origin],
  token: { grant: logIn },
  governor: { quotas: [{ limit: LIMIT, windowMs: WINDOW_MS }] },
}); // the line

const guarded = await runLoad('Bearer expired');
console.log(
  `  fetch + Holdline  ${guarded} answered, ${30 - guarded} failed, ${refused} × 429, ${granted} token requests`,
);
if (refused > 0) {
  console.log(`\nHoldline sent ${refused} read over the limit on purpose, to learn how the platform counts.`);
  console.log(`That read was sent again. enforcement: 'sliding' turns this test off.`);
}

const moved = await fetch(`${platform.origin}/moved`);
const other = await fetch(elsewhere.origin);
const leaked = receivedCredentials.filter(Boolean).length;
const isElsewhere = (await moved.text()) === 'elsewhere' && (await other.text()) === 'elsewhere';

const isUntouched = callInfo(other) === undefined;
console.log(
  `\nAnother origin got ${receivedCredentials.length} requests, one of them by a redirect, and ${leaked} tokens.`,
);
uninstall();
platform.stop();
elsewhere.stop();
const holds = bare < 30 && guarded === 30 && leaked === 0 && isElsewhere && isUntouched;
console.log(
  holds
    ? `\nHeld: without the line ${30 - bare} of 30 reads failed, with it none, and no token went to another origin.`
    : `\nDid not hold: with the line ${30 - guarded} reads failed, and ${leaked} tokens went to another origin.`,
);
process.exitCode = holds ? 0 : 1;
