// Agents log in and read their own user and a script: `node autocannon.mjs --url URL [--agents 200] [--per-second 10] [--connections 10]`.
// Without `--per-second` they come as fast as their connections allow. Prints what it sent and what it got, as JSON.
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    agents: { type: 'string', default: '200' },
    connections: { type: 'string', default: '10' },
    'per-second': { type: 'string' },
  },
});
const agents = Number(values.agents);
const connections = Number(values.connections);
const perSecond = values['per-second'] === undefined ? undefined : Number(values['per-second']);

/** autocannon divides requests among connections. With a remainder, an agent would end between two requests. */
function findMistake() {
  if (values.url === undefined) return '--url is missing: the address that the simulator prints.';
  if (!(agents > 0 && connections > 0) || agents % connections !== 0)
    return `--agents must be a multiple of --connections, got ${values.agents} and ${values.connections}.`;
  if (perSecond !== undefined && (!(perSecond > 0) || perSecond % connections !== 0))
    return `--per-second must be a multiple of --connections, got ${values['per-second']} and ${values.connections}.`;
  return undefined;
}
const mistake = findMistake();
if (mistake !== undefined) {
  console.error(mistake);
  process.exit(2);
}

const byStatus = { token: {}, user: {}, script: {} };
const count = (kind) => (status) => void (byStatus[kind][status] = (byStatus[kind][status] ?? 0) + 1);
let arrived = 0;

/** A read that an agent makes with its own token. */
const read = (kind, pathOf) => ({
  method: 'GET',
  setupRequest: (request, { agent, token }) => ({
    ...request,
    path: pathOf(agent),
    headers: { authorization: `Bearer ${token}` },
  }),
  onResponse: count(kind),
});

const result = await autocannon({
  url: values.url,
  connections,
  amount: agents * 3,
  ...(perSecond !== undefined && { overallRate: perSecond * 3 }),
  requests: [
    {
      method: 'POST',
      path: '/oauth/token',
      setupRequest(request, context) {
        context.agent = ++arrived;
        return {
          ...request,
          headers: {
            authorization: `Basic ${btoa(`client-${context.agent}:any-secret`)}`,
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: 'grant_type=client_credentials',
        };
      },
      onResponse(status, body, context) {
        count('token')(status);
        if (status === 200) context.token = JSON.parse(body).access_token;
      },
    },
    read('user', (agent) => `/api/v2/users/agent-${agent}`),
    read('script', () => '/api/v2/scripts/script-1'),
  ],
});

const sumOf = (statuses) => Object.values(statuses).reduce((sum, one) => sum + one, 0);
const { user, script, token } = byStatus;
console.log(
  JSON.stringify({
    tokenRequests: sumOf(token),
    apiRequests: sumOf(user) + sumOf(script),
    refused: (user[429] ?? 0) + (script[429] ?? 0),
    withoutAnswer: result.errors,
    byStatus,
    seconds: result.duration,
    latencyMs: { p50: result.latency.p50, p99: result.latency.p99 },
  }),
);
