// A service creates 40 tasks in TaskRouter at once. The account may have 5 open requests; Twilio refuses the others with code 20429.
import { startSimulator } from '@holdline/simulator';
import { holdlineOf } from '@holdline/core';
import { guardTwilio } from '@holdline/twilio';
import twilio from 'twilio';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const WORKSPACE = `WS${'2'.repeat(32)}`;
const TASKS = 40;
const MAX_CONCURRENT = 5;

console.log('Shows: 40 tasks are created over a limit of 5 concurrent requests, with the official Twilio SDK.\n');

// A local Twilio stands in for the platform. It loses the answer of one read.
const simulator = await startSimulator({
  platform: 'twilio',
  maxConcurrent: MAX_CONCURRENT,
  serviceMs: 20,
  faults: [{ kind: 'drop-after', match: 'GET /v1/Workspaces/:workspaceSid/Tasks', times: 1 }],
});

/** Creates the tasks and reads them back, in pages of 10. This code is the same with and without Holdline. */
async function runService(name, client) {
  simulator.resetStats();
  const { tasks } = client.taskrouter.v1.workspaces(WORKSPACE);
  const creating = Array.from({ length: TASKS }, (_, number) =>
    tasks.create({ attributes: JSON.stringify({ number }) }),
  );
  const codes = (await Promise.allSettled(creating)).map(({ reason }) => reason?.code);
  const failed = codes.filter((code) => code !== undefined);
  const listed = await tasks.list({ pageSize: 10 }).catch((error) => error);
  const { executedWrites, refused } = simulator.stats();
  console.log(`${name}: ${executedWrites} tasks created, ${refused} requests refused`);
  if (failed.length > 0) console.log(`  ${failed.length} calls failed with code ${[...new Set(failed)].join(', ')}`);
  console.log(listed instanceof Error ? `  the list failed: ${listed.code}` : `  ${listed.length} tasks listed`);
  return { executedWrites, refused, failed: failed.length, listed: listed.length };
}

const makeClient = (account) => {
  const client = twilio(account, 'secret');
  client.taskrouter.baseUrl = simulator.url;
  return client;
};

const bare = await runService('Without Holdline', makeClient(`AC${'9'.repeat(32)}`));
simulator.set({ faults: [{ kind: 'drop-after', match: 'GET /v1/Workspaces/:workspaceSid/Tasks', times: 1 }] });
const client = guardTwilio(makeClient(ACCOUNT), { bulkhead: { maxConcurrent: MAX_CONCURRENT } });
const guarded = await runService('With Holdline', client);

await holdlineOf(client).close();
await simulator.stop();
const holds = guarded.executedWrites === TASKS && guarded.refused === 0 && guarded.listed === TASKS && bare.failed > 0;
console.log(
  holds
    ? `\nHeld: without the line ${bare.failed} of ${TASKS} tasks failed, with it none, and each task exists once.`
    : `\nDid not hold: ${JSON.stringify({ bare, guarded })}`,
);
process.exitCode = holds ? 0 : 1;
