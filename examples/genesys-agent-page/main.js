// An agent desk on the real Genesys SDK, bare and guarded.
import { holdlineOf, withCall } from '@holdline/core';
import { openDesk } from '@holdline/example-agent-page/desk';
import { authorizationCode, genesysCloud, guardGenesys } from '@holdline/genesys';
import platformClient from 'purecloud-platform-client-v2';

const platform = await (await fetch('/platform.json')).json();

/** Creates the grant of a page: an authorization code from a redirect, without a secret. */
const createGrant = (url) => {
  const code = crypto.randomUUID();
  return authorizationCode({
    clientId: 'desk',
    code,
    codeVerifier: 'verifier',
    redirectUri: location.href,
    loginUrl: url,
  });
};

function createClient(url) {
  const client = new platformClient.ApiClientClass();
  const { hostname: host, port } = new URL(url);
  client.setGateway({ host, port: Number(port), protocol: 'http' });
  return client;
}

/** Creates the agent of one side of the desk. For a bare client `withCall` has no effect. */
function createAgent(client) {
  const users = new platformClient.UsersApi(client);
  const presence = new platformClient.PresenceApi(client);
  const routing = new platformClient.RoutingApi(client);
  let me;
  return {
    me: async () => (me = await users.getUsersMe()),
    presences: async () => {
      const { entities } = await presence.getPresencedefinitions();
      return entities.slice(0, 6).map(({ id, systemPresence: name }) => ({ id, name }));
    },
    items: async () => (await routing.getRoutingQueues({ pageSize: 6 })).entities,
    // The agent waits for this call.
    setPresence: ({ id }) =>
      withCall({ priority: 'high' }, () =>
        presence.patchUserPresencesPurecloud(me?.id ?? 'me', { presenceDefinition: { id } }),
      ),
    // Nobody waits for this call.
    read: async ({ id }) =>
      (await withCall({ priority: 'background' }, () => routing.getRoutingQueueMembers(id))).entities.length,
  };
}

const bare = createClient(platform.bare.url);
const login = createGrant(platform.bare.url);
let loggingIn;
/** Logs in again after the first failed call, as applications do without Holdline. */
const logIn = () => {
  loggingIn ??= login()
    .then(({ accessToken }) => bare.setAccessToken(accessToken))
    .finally(() => (loggingIn = undefined));
  return loggingIn;
};
await logIn();

const guarded = createClient(platform.guarded.url);
// The one line. It names the quota, because the simulator's window is shorter than the platform's minute.
guardGenesys(
  guarded,
  genesysCloud({ token: { grant: createGrant(platform.guarded.url) }, governor: { quotas: [platform.quota] } }),
);

await openDesk({
  title: 'Agent desk on Genesys Cloud',
  list: { title: 'Queues', item: 'Queue', value: 'Agents' },
  agents: [
    {
      ...createAgent(bare),
      title: 'Bare SDK',
      code: 'purecloud-platform-client-v2 262',
      guarded: false,
      failed: (error) => (error?.status === 401 ? logIn() : undefined),
    },
    {
      ...createAgent(guarded),
      title: 'SDK + Holdline',
      code: 'guardGenesys(client)',
      guarded: true,
      line: holdlineOf(guarded),
    },
  ],
});
