// 500 agents each open a notification channel and its WebSocket, and all sockets are open at the same time:
// `k6 run -e BASE_URL=http://127.0.0.1:8080 k6/sockets.js`.
//
// The arithmetic. The platform of the example allows 50 upgrades a second for all agents together. `ramping-vus` adds agents evenly:
// 500 agents in 20 s are 25 a second, half of the limit. Each agent holds its socket for 60 s and then ends, so all 500 are open for
// about 40 s.
import { check, sleep } from 'k6';
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';
import ws from 'k6/ws';

const baseUrl = __ENV.BASE_URL || 'http://127.0.0.1:8080';
const agents = Number(__ENV.AGENTS || 500);
const rampSeconds = Number(__ENV.RAMP_SECONDS || 20);
const holdSeconds = Number(__ENV.HOLD_SECONDS || 60);

/** Requests and upgrades that were answered with 429. */
const refused = new Counter('refused');
const opened = new Counter('opened');
const pongs = new Counter('pongs');

export const options = {
  scenarios: {
    sockets: {
      executor: 'ramping-vus',
      startVUs: 0,
      stages: [
        { duration: `${rampSeconds}s`, target: agents },
        { duration: `${holdSeconds}s`, target: agents },
      ],
      gracefulRampDown: '5s',
      gracefulStop: `${rampSeconds + 10}s`,
    },
  },
  thresholds: {
    refused: ['count==0'],
    opened: [`count==${agents}`],
    pongs: [`count==${agents}`],
  },
};

export default function () {
  // An agent whose socket has closed does not connect again.
  if (exec.vu.iterationInScenario > 0) return sleep(1);
  const number = exec.vu.idInTest;
  const basic = encoding.b64encode(`client-${number}:any-secret`);
  const login = http.post(
    `${baseUrl}/oauth/token`,
    { grant_type: 'client_credentials' },
    { headers: { Authorization: `Basic ${basic}` }, tags: { name: 'token' } },
  );
  if (!check(login, { 'token: 200': ({ status }) => status === 200 })) return undefined;
  const channel = http.post(`${baseUrl}/api/v2/notifications/channels`, null, {
    headers: { Authorization: `Bearer ${login.json('access_token')}` },
    tags: { name: 'channel' },
  });
  if (channel.status === 429) refused.add(1, { name: 'channel' });
  if (!check(channel, { 'channel: 200': ({ status }) => status === 200 })) return undefined;

  // `connect` returns when the socket has closed.
  const upgrade = ws.connect(channel.json('connectUri'), { tags: { name: 'upgrade' } }, (socket) => {
    socket.on('open', () => {
      opened.add(1);
      socket.setTimeout(() => socket.send(JSON.stringify({ message: 'ping' })), (holdSeconds - 5) * 1_000);
      socket.setTimeout(() => socket.close(), holdSeconds * 1_000);
    });
    socket.on('message', (text) => {
      const { eventBody } = JSON.parse(text);
      if (eventBody && eventBody.message === 'pong') pongs.add(1);
    });
  });
  if (upgrade && upgrade.status === 429) refused.add(1, { name: 'upgrade' });
  check(upgrade, { 'upgrade: 101': (answer) => answer && answer.status === 101 });
  return undefined;
}
