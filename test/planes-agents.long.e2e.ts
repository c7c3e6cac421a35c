// 200 agents log in at once, and the script endpoint allows 60 requests in a window over all of them. Real SDK clients, one for each
// agent, real sockets, and the counts of both sides.
import { createHoldline, release } from '@holdline/core';
import { guardGenesys } from '@holdline/genesys';
import type { Limit, Simulator } from '@holdline/simulator';
import { expect, onTestFinished, test } from 'vitest';
import {
  countOutcomes,
  createBareClient,
  expectQuiet,
  loadSdk,
  mostInWindow,
  presetConfig,
  simulate,
  times,
} from './support.js';
import type { Client, Sdk } from './support.js';

const AGENTS = 200;
const SCRIPTS = 60;
const SCRIPT_ROUTE = 'GET /api/v2/scripts/:id';

type ScriptsSdk = Sdk & { ScriptsApi: new (client: Client) => { getScript(id: string): Promise<{ id: string }> } };
const sdk = loadSdk() as ScriptsSdk;

/** The documented limit of a token, and a limit of scripts over all tokens. */
const limits = (windowMs: number): Limit[] => [
  { name: 'token.rate.per.minute', per: 'token', limit: 300, windowMs: 60_000, enforcement: 'fixed' },
  { name: 'scripts', per: 'route', match: SCRIPT_ROUTE, limit: SCRIPTS, windowMs, enforcement: 'sliding' },
];

interface Agent {
  readonly number: number;
  readonly client: Client;
}

/** Makes a client of the SDK for each agent, and logs all of them in, each with an OAuth client of its own. */
async function logIn(simulator: Simulator, guard: (client: Client) => void = () => undefined): Promise<Agent[]> {
  return Promise.all(
    times(AGENTS, async (number) => {
      const client = createBareClient(simulator, sdk);
      guard(client);
      await client.loginClientCredentialsGrant(`client-${number}`, 'secret');
      return { number, client };
    }),
  );
}

/** What each agent gets: its own user, and the script that all of them share. */
interface Desk {
  user: string;
  script: string;
}

async function open({ number, client }: Agent): Promise<Desk> {
  const user = await new sdk.UsersApi(client).getUser(`agent-${number}`);
  const script = await new sdk.ScriptsApi(client).getScript('script-1');
  return { user: user.id, script: script.id };
}

test('without Holdline: 60 of 200 agents get their script in the first minute, and 140 are refused', async () => {
  const simulator = await simulate({ limits: limits(60_000) });
  const agents = await logIn(simulator);
  const results = await Promise.allSettled(agents.map(open));
  expect(countOutcomes(results)['ok']).toBe(SCRIPTS);
  const refused = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  expect(refused.map(({ reason }) => (reason as { status: number }).status)).toEqual(
    times(AGENTS - SCRIPTS, () => 429),
  );
  const stats = simulator.stats();
  expect(stats).toMatchObject({ tokenRequests: AGENTS, requests: 2 * AGENTS, refused: AGENTS - SCRIPTS, dropped: 0 });
  expect(stats.byRoute[SCRIPT_ROUTE]).toEqual({
    requests: AGENTS,
    refused: AGENTS - SCRIPTS,
    executed: SCRIPTS,
    notModified: 0,
  });
});

/** The window of the guarded run. It has the limit of the minute in two seconds, so that the test ends soon. */
const WINDOW_MS = 2_000;

test('with Holdline: all 200 get their script, 60 in each window, and the platform refuses none', async () => {
  const simulator = await simulate({ limits: limits(WINDOW_MS) });
  // The platform counts scripts over all tokens. A quota of an endpoint counts each credential alone, unless it names a scope.
  const quota = { limit: SCRIPTS, windowMs: WINDOW_MS, enforcement: 'sliding', scope: 'host' } as const;
  const line = createHoldline(presetConfig({ endpoints: { [SCRIPT_ROUTE]: { governor: { quotas: [quota] } } } }));
  onTestFinished(() => line.close());
  const agents = await logIn(simulator, (client) => {
    guardGenesys(client, line);
    onTestFinished(() => release(client));
  });
  const desks = await Promise.all(agents.map(open));
  expect(desks).toEqual(times(AGENTS, (n) => ({ user: `agent-${n}`, script: 'script-1' })));
  const stats = simulator.stats();
  expect(stats).toMatchObject({
    tokenRequests: AGENTS,
    tokensIssued: AGENTS,
    requests: 2 * AGENTS,
    answered: 2 * AGENTS,
    refused: 0,
    unauthorized: 0,
    dropped: 0,
  });
  // Each agent read its own user and one script, once, with its own token.
  const read = (route: string) => simulator.wire().filter((entry) => entry.route === route);
  const users = read('GET /api/v2/users/:id');
  expect(users.map(({ path }) => path).sort()).toEqual(times(AGENTS, (n) => `/api/v2/users/agent-${n}`).sort());
  const scripts = read(SCRIPT_ROUTE);
  expect(scripts).toHaveLength(AGENTS);
  for (const reads of [users, scripts]) expect(new Set(reads.map(({ token }) => token)).size).toBe(AGENTS);
  expect(mostInWindow(scripts, WINDOW_MS)).toBeLessThanOrEqual(SCRIPTS);
  expectQuiet(line);
});
