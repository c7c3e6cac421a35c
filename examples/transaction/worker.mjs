// The service. It plans shifts, each with four writes, and may be killed at any time.
import { setTimeout as sleep } from 'node:timers/promises';
import { createHoldline, withTransaction } from '@holdline/core';
import { fileStore, secretFromEnv } from '@holdline/core/node';
import { genesysCloud, genesysVerify, guardGenesys } from '@holdline/genesys';
import platformClient from 'purecloud-platform-client-v2';

const { api, dir, token, shifts } = JSON.parse(process.argv[2]);

const store = fileStore({ dir, key: secretFromEnv('STORE_KEY') });
const line = createHoldline(
  genesysCloud({
    store,
    governor: { quotas: [] },
    breaker: false,
    // The platform honours a key for evaluations only. The hook reads back whether the other writes were executed.
    retry: { baseDelayMs: 20, verify: genesysVerify() },
  }),
);
line.on('stepSkipped', () => process.send('skipped'));

const client = platformClient.ApiClient.instance;
const { hostname: host, port } = new URL(api);
client.setGateway({ host, port, protocol: 'http' }); // Only needed for the simulator.
client.config.live_reload_config = false;
client.setAccessToken(token);
guardGenesys(client, line);

const architect = new platformClient.ArchitectApi();
const quality = new platformClient.QualityApi();
const presence = new platformClient.PresenceApi();
const outbound = new platformClient.OutboundApi();

/** One business operation. Its second run continues where the first one was killed. */
async function planShift(id) {
  await architect.postFlowsDatatableRows('shifts', { KEY: id, state: 'planned' });
  const { id: evaluation } = await quality.postQualityConversationEvaluations(id, { shift: id });
  // The id is the same in each run, because the answer comes from the journal.
  await presence.patchUserPresencesPurecloud(`user-of-${id}`, { message: evaluation });
  await outbound.postOutboundContactlistContacts('agents', [{ id, data: { evaluation } }]);
}

for (let n = 0; n < shifts; n++) {
  const id = `shift-${n}`;
  await withTransaction(id, () => planShift(id));
}
process.send('done');
await sleep(60_000); // It is killed here too. It does not clean up.
