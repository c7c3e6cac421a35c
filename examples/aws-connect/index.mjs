// The official AWS SDK with one more line. It keeps the documented quotas of Amazon Connect, and every attempt has a new signature.
import { ConnectClient, DescribeUserCommand, StartChatContactCommand } from '@aws-sdk/client-connect';
import { guardAws } from '@holdline/aws';
import { callInfo, holdlineOf } from '@holdline/core';
import { startSimulator } from '@holdline/simulator';

// A local Amazon Connect with the documented quotas. It verifies every signature and accepts none twice. Its clock is 20 minutes ahead.
const [USERS, CHATS] = [14, 12];
const INSTANCE = '4f1a2b3c-5d6e-4f70-8a9b-0c1d2e3f4a5b';

console.log('Shows: the AWS SDK alone and with the line, on the quotas of Amazon Connect.');
console.log(
  `${USERS} users are read and ${CHATS} chats are started at once. AWS allows 2 reads per second and a burst of 5.`,
);
console.log(
  'For chats it allows 5 per second and a burst of 8. The connection of one chat breaks before its answer.\n',
);

async function run(name, prepare) {
  const simulator = await startSimulator({
    platform: 'aws-connect',
    clockSkewMs: 1_200_000,
    faults: [{ kind: 'drop-after', match: 'PUT /contact/chat', times: 1 }],
  });
  const client = prepare(
    new ConnectClient({
      endpoint: simulator.url,
      region: 'eu-west-2',
      credentials: { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'simulated' },
    }),
  );
  // The first call teaches the SDK the clock of the server.
  await client.send(new DescribeUserCommand({ InstanceId: INSTANCE, UserId: 'first' }));
  const started = performance.now();
  const users = Array.from({ length: USERS }, (_, i) =>
    client.send(new DescribeUserCommand({ InstanceId: INSTANCE, UserId: `user-${i}` })),
  );
  const chats = Array.from({ length: CHATS }, (_, i) =>
    client.send(
      new StartChatContactCommand({
        InstanceId: INSTANCE,
        ContactFlowId: 'a-flow',
        ParticipantDetails: { DisplayName: `Customer ${i}` },
      }),
    ),
  );
  const ends = await Promise.allSettled([...users, ...chats]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const answered = ends.filter(({ status }) => status === 'fulfilled');
  const { refused, executedWrites } = simulator.stats();
  const unsigned = simulator.wire().filter(({ outcome }) => outcome === 'unauthorized').length;
  console.log(name);
  console.log(`  answered            ${answered.length} of ${ends.length} calls, in ${seconds} s`);
  console.log(`  refused with 429    ${refused}`);
  console.log(`  chats started       ${executedWrites}`);
  console.log(`  refused signatures  ${unsigned}, by the clock of the first call`);
  const attempts = answered.map(({ value }) => callInfo(value)?.attempts ?? value.$metadata.attempts);
  console.log(`  most attempts       ${Math.max(...attempts)}\n`);
  await holdlineOf(client)?.close();
  client.destroy();
  await simulator.stop();
  return { failed: ends.length - answered.length, refused, executedWrites, unsigned };
}

await run('The SDK alone', (client) => client);
const { failed, refused, executedWrites, unsigned } = await run('With guardAws', (client) => guardAws(client));

const holds = failed === 0 && refused === 0 && executedWrites === CHATS && unsigned === 1;
console.log(
  holds
    ? 'Held: every call was answered, none was refused, and each chat was started once.'
    : `Did not hold: ${failed} calls failed, ${refused} were refused, ${executedWrites} chats were started.`,
);
process.exitCode = holds ? 0 : 1;
