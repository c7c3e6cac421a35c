// The official Genesys Cloud SDK with one more line: paced, retried and re-authorised. No write is executed twice.
import platformClient from 'purecloud-platform-client-v2';
import { guardGenesys } from '@holdline/genesys';
import { startSimulator } from '@holdline/simulator';

// A local Genesys Cloud simulator. It allows 25 requests per second and breaks one connection.
const simulator = await startSimulator({
  platform: 'genesys',
  limits: [{ name: 'token.rate', per: 'token', limit: 25, windowMs: 1_000, enforcement: 'fixed' }],
  faults: [{ kind: 'drop-before', match: 'GET /api/v2/users', times: 1 }],
});

const client = platformClient.ApiClient.instance;
const { hostname: host, port } = new URL(simulator.url);
client.setGateway({ host, port, protocol: 'http' }); // Only needed for the simulator.
client.config.live_reload_config = false; // Otherwise the SDK watches a file and the process does not end.

guardGenesys(client); // the line

await client.loginClientCredentialsGrant('any-id', 'any-secret');
const users = new platformClient.UsersApi();
const contacts = new platformClient.ExternalContactsApi();

/** Makes 60 calls at once: 50 reads and 10 writes. */
async function runLoad(round) {
  simulator.resetStats();
  const started = performance.now();
  const ends = await Promise.allSettled(
    Array.from({ length: 60 }, (_, i) =>
      i % 6 === 0
        ? contacts.postExternalcontactsContacts({ firstName: 'Ada', lastName: `Caller ${round}-${i}` })
        : users.getUsers({ pageSize: 25 }),
    ),
  );
  const answered = ends.filter(({ status }) => status === 'fulfilled').length;
  return { ...simulator.stats(), answered, seconds: ((performance.now() - started) / 1000).toFixed(1) };
}

console.log('Shows: one line under the official SDK, which names no limit.');
console.log('60 calls start at once, twice. The simulator allows 25 per second. In the first round');
console.log('it breaks one connection and revokes the token.\n');

// The platform revokes the token as soon as it has answered every call once, while the refused calls wait.
const revoker = setInterval(() => {
  if (simulator.stats().requests < 60) return;
  clearInterval(revoker);
  simulator.revokeTokens();
}, 5);
const first = await runLoad(1);
clearInterval(revoker);
const second = await runLoad(2);
for (const [i, round] of [first, second].entries()) {
  const { answered, seconds, refused, unauthorized, dropped, executedWrites, duplicateWrites } = round;
  console.log(`  round ${i + 1}   ${answered} of 60 answered in ${seconds} s`);
  console.log(`            repeated: ${refused} × 429, ${unauthorized} × 401, ${dropped} × connection broken`);
  console.log(`            ${executedWrites} of 10 writes executed, ${duplicateWrites} twice`);
}
console.log('\nIn round 1 the line learns the limit from the 429s. In round 2 it paces its calls.');

await simulator.stop();
const isComplete = [first, second].every(
  ({ answered, executedWrites, duplicateWrites }) => answered === 60 && executedWrites === 10 && duplicateWrites === 0,
);
const holds = isComplete && second.refused < first.refused;
console.log(
  holds
    ? 'Held: every call was answered, and no write was executed twice.'
    : 'Did not hold: a call failed, a write was executed twice, or the line did not learn the limit.',
);
process.exitCode = holds ? 0 : 1;
