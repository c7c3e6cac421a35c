// 200 agents log in. Each gets a token of its own, reads its own user and one script: `k6 run -e BASE_URL=http://127.0.0.1:8080 k6/agents.js`.
//
// The arithmetic. The platform of the example allows 60 scripts a minute for all agents together. Aim at 95 % of the limit: 57 agents a
// minute, and 200 agents then need 200 / 57 min = 211 s. An agent makes two requests with its token, far below 300 a minute for each token.
// `constant-arrival-rate` starts agents at this rate, also when earlier ones still wait for answers, as people do.
import { check } from 'k6';
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const baseUrl = __ENV.BASE_URL || 'http://127.0.0.1:8080';
const agents = Number(__ENV.AGENTS || 200);
const agentsPerMinute = Number(__ENV.AGENTS_PER_MINUTE || 57);

/** Answers with 429. The name of the limit is in the report of the simulator. */
const refused = new Counter('refused');

export const options = {
  scenarios: {
    agents: {
      executor: 'constant-arrival-rate',
      rate: agentsPerMinute,
      timeUnit: '1m',
      duration: `${Math.ceil((agents / agentsPerMinute) * 60)}s`,
      // An agent takes three round trips. Ten agents at a time are enough for answers of three seconds each.
      preAllocatedVUs: 10,
      maxVUs: 50,
    },
  },
  thresholds: {
    refused: ['count==0'],
    checks: ['rate==1'],
    dropped_iterations: ['count==0'],
  },
};

function read(path, token, name) {
  const answer = http.get(`${baseUrl}${path}`, { headers: { Authorization: `Bearer ${token}` }, tags: { name } });
  if (answer.status === 429) refused.add(1, { name });
  check(answer, { [`${name}: 200`]: ({ status }) => status === 200 });
}

export default function () {
  const number = exec.scenario.iterationInTest + 1;
  const basic = encoding.b64encode(`client-${number}:any-secret`);
  const login = http.post(
    `${baseUrl}/oauth/token`,
    { grant_type: 'client_credentials' },
    { headers: { Authorization: `Basic ${basic}` }, tags: { name: 'token' } },
  );
  if (!check(login, { 'token: 200': ({ status }) => status === 200 })) return;
  const token = login.json('access_token');
  read(`/api/v2/users/agent-${number}`, token, 'user');
  read('/api/v2/scripts/script-1', token, 'script');
}
