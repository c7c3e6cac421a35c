// Receives 1,500 topics of a local Genesys Cloud simulator over two channels, while sockets break and channels are evicted.
import platformClient from 'purecloud-platform-client-v2';
import { WebSocket } from 'ws';
import { guardGenesys, notifications } from '@holdline/genesys';
import { startSimulator } from '@holdline/simulator';

const simulator = await startSimulator({ platform: 'genesys' });
const client = platformClient.ApiClient.instance;
const { hostname: host, port } = new URL(simulator.url);
client.setGateway({ host, port, protocol: 'http' }); // Only needed for the simulator.
client.config.live_reload_config = false; // Otherwise the SDK watches a file and the process does not end.

console.log('Shows: a feed of 1,500 topics survives broken sockets and evicted channels.');
console.log('A channel holds at most 1,000 topics, so the feed needs two.\n');

guardGenesys(client);
await client.loginClientCredentialsGrant('any-id', 'any-secret');

const feed = notifications(client, { WebSocket }); // Browsers and Node 22 or later have a built-in class.
const topics = Array.from({ length: 1_500 }, (_, i) => `v2.users.${i}.presence`);
await feed.subscribe(topics);
console.log(`  subscribed: ${feed.topics.length} topics over ${feed.channels} channels`);

let [received, gaps] = [0, 0];
const reading = (async () => {
  for await (const item of feed) {
    if (item.kind === 'notification') received++;
    else console.log(`  gap ${++gaps}: ${item.topics.length} topics for ${item.to - item.from} ms, ${item.reason}`);
  }
})();

/** Publishes one notification on each topic. */
const publishAll = () =>
  topics.reduce((delivered, topic) => delivered + simulator.publish(topic, { presence: 'Busy' }), 0);
/** Waits until a condition is true. */
const waitUntil = async (condition) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
};

await waitUntil(() => feed.channels === 2 && publishAll() === 1_500);
await waitUntil(() => received >= 1_500);
console.log(`  1,500 notifications published, ${received} received`);

// All sockets break.
console.log('\nThe platform breaks all sockets:');
simulator.closeSockets(1006);
await waitUntil(() => gaps === 2);

// Another client of the same user creates 19 channels. The platform ends the feed's oldest channel, then the other one.
console.log('\nThe user opens 19 other channels. The platform evicts both channels of the feed:');
const api = new platformClient.NotificationsApi();
for (let i = 0; i < 19; i++) await api.postNotificationsChannels();
await waitUntil(() => gaps === 4);

const from = received;
const delivered = publishAll();
await waitUntil(() => received - from >= delivered);
console.log(`\n  after both: ${delivered} notifications published, ${received - from} received`);

await feed.close();
await reading;
const { sockets } = simulator.stats();
console.log(`  sockets opened in all: ${sockets.accepted}, refused: ${sockets.refused}`);
await simulator.stop();
const holds = delivered === 1_500 && received - from === delivered && gaps === 4;
console.log(
  holds
    ? '\nHeld: the feed recovered all topics twice, and reported all four gaps.'
    : `\nDid not hold: ${delivered} published, ${received - from} received, ${gaps} gaps reported.`,
);
process.exitCode = holds ? 0 : 1;
