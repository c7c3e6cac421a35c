// 1,500 topics of a local Genesys Cloud, over as many channels as they need, while sockets are killed and a channel is evicted.
import platformClient from 'purecloud-platform-client-v2';
import { WebSocket } from 'ws';
import { guardGenesys, notifications } from '@holdline/genesys';
import { startSimulator } from '@holdline/simulator';

const simulator = await startSimulator({ platform: 'genesys' });
const client = platformClient.ApiClient.instance;
const { hostname: host, port } = new URL(simulator.url);
client.setGateway({ host, port, protocol: 'http' }); // Only because it is not the real one.
client.config.live_reload_config = false; // Else the SDK watches a file and the process does not end.

guardGenesys(client);
await client.loginClientCredentialsGrant('any-id', 'any-secret');

const feed = notifications(client, { WebSocket }); // Browsers, and Node from version 22, have a class of their own.
const topics = Array.from({ length: 1_500 }, (_, i) => `v2.users.${i}.presence`);
await feed.subscribe(topics);
console.log(`${feed.topics.length} topics over ${feed.channels} channels.`);

let [heard, gaps] = [0, 0];
const reading = (async () => {
  for await (const item of feed) {
    if (item.kind === 'notification') heard++;
    else console.log(`Gap ${++gaps}: ${item.topics.length} topics for ${item.to - item.from} ms, ${item.reason}.`);
  }
})();

/** Says something on each topic. */
const publish = () => topics.reduce((told, topic) => told + simulator.publish(topic, { presence: 'Busy' }), 0);
/** Waits until something holds. */
const until = async (holds) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};

await until(() => feed.channels === 2 && publish() === 1_500);
await until(() => heard >= 1_500);
console.log(`All heard: ${heard >= 1_500}.`);

// All sockets break.
simulator.closeSockets(1006);
await until(() => gaps === 2);

// 19 channels of somebody else who is the same user: the platform ends our oldest one, and for its successor the other one.
const api = new platformClient.NotificationsApi();
for (let i = 0; i < 19; i++) await api.postNotificationsChannels();
await until(() => gaps === 4);

const from = heard;
const told = publish();
await until(() => heard - from >= told);
console.log(`After two accidents: ${told} told, ${heard - from} heard.`);

await feed.close();
await reading;
const { sockets } = simulator.stats();
console.log(`${sockets.accepted} sockets were opened, ${sockets.refused} refused.`);
await simulator.stop();
process.exitCode = told === 1_500 && heard - from === told && gaps === 4 ? 0 : 1;
