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

const work = Array.from({ length: 60 }, (_, i) =>
  i % 6 === 0
    ? contacts.postExternalcontactsContacts({ firstName: 'Ada', lastName: `Caller ${i}` })
    : users.getUsers({ pageSize: 25 }),
);
// The platform revokes the token while calls wait.
setTimeout(() => simulator.revokeTokens(), 300);
const ends = await Promise.allSettled(work);

const answered = ends.filter(({ status }) => status === 'fulfilled').length;
const { refused, unauthorized, dropped, tokensIssued, executedWrites, duplicateWrites } = simulator.stats();
console.log(`The application made ${ends.length} calls; ${answered} succeeded.`);
console.log(
  `On the wire: ${refused} refused with 429, ${unauthorized} with 401, ${dropped} dropped, ${tokensIssued} tokens issued.`,
);
console.log(`Of 10 writes ${executedWrites} were executed, ${duplicateWrites} twice.`);

await simulator.stop();
process.exitCode = answered === 60 && executedWrites === 10 && duplicateWrites === 0 && tokensIssued === 2 ? 0 : 1;
