// The platform: a simulator with faults, or a real organisation.
import { startSimulator } from '@holdline/simulator';

const QUOTA = { limit: 150, windowMs: 10_000 };
const ROUTE_QUOTA = { limit: 12, windowMs: 10_000 };
const WRITES = 'POST /api/v2/externalcontacts/contacts';
const REVOKE_AFTER_REQUESTS = 260;

/** Starts a simulator with the typical faults of a busy contact center. The same seed gives the same faults. */
export async function startFaultyPlatform() {
  const simulator = await startSimulator({
    platform: 'genesys',
    seed: 7,
    serviceMs: { min: 5, max: 25 },
    tokens: { expiresInMs: 25_000 },
    limits: [
      { name: 'token.rate.per.minute', per: 'token', enforcement: 'fixed', phaseMs: 0, ...QUOTA },
      {
        name: 'scripts.rate',
        per: 'route',
        match: 'GET /api/v2/scripts',
        enforcement: 'fixed',
        phaseMs: 0,
        ...ROUTE_QUOTA,
      },
    ],
    faults: [
      { kind: 'drop-after', match: WRITES, every: 20 },
      { kind: 'drop-before', rate: 0.02 },
      { kind: 'status', status: 503, rate: 0.01 },
    ],
  });
  let revoked = false;
  const revoker = setInterval(() => {
    if (revoked || simulator.stats().requests < REVOKE_AFTER_REQUESTS) return;
    revoked = true;
    simulator.revokeTokens();
  }, 50);
  const { hostname, port } = new URL(simulator.url);
  return {
    quota: QUOTA,
    routeQuota: ROUTE_QUOTA,
    writes: true,
    connect: (client) => client.setGateway({ host: hostname, protocol: 'http', port: Number(port) }),
    login: (client) => client.loginCodeAuthorizationGrant('demo', 'demo-secret', 'demo-code', 'https://localhost/'),
    stats: () => simulator.stats(),
    async stop() {
      clearInterval(revoker);
      await simulator.stop();
    },
  };
}

/** Connects to the organisation whose credentials are in the environment. The load only reads, and no faults are added. */
export function connectRealPlatform({
  GENESYS_CLIENT_ID,
  GENESYS_CLIENT_SECRET,
  GENESYS_ENVIRONMENT = 'mypurecloud.com',
}) {
  return {
    quota: { limit: 300, windowMs: 60_000 },
    writes: false,
    connect: (client) => client.setEnvironment(GENESYS_ENVIRONMENT),
    login: (client) => client.loginClientCredentialsGrant(GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET),
    stats: () => undefined,
    stop: () => Promise.resolve(),
  };
}
