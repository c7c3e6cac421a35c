import { afterEach } from 'vitest';
import twilio, { type Twilio } from 'twilio';
import { startSimulator, type Simulator, type SimulatorOptions } from '@holdline/simulator';

export const ACCOUNT = `AC${'1'.repeat(32)}`;
export const OTHER_ACCOUNT = `AC${'2'.repeat(32)}`;
export const WORKSPACE = `WS${'3'.repeat(32)}`;

type ClientOptions = NonNullable<Parameters<typeof twilio>[2]>;

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()));
});

/** Starts a Twilio simulator that is stopped after the test. */
export async function startTwilio(options: Omit<SimulatorOptions, 'platform'> = {}): Promise<Simulator> {
  const simulator = await startSimulator({ platform: 'twilio', ...options });
  running.push(simulator);
  return simulator;
}

/** Makes a client that sends the requests of TaskRouter and Flex to the simulator. */
export function makeClient(
  { url }: Pick<Simulator, 'url'>,
  { username = ACCOUNT, ...options }: ClientOptions & { username?: string } = {},
): Twilio {
  const client = twilio(username, 'secret', { keepAlive: false, ...options });
  for (const product of [client.taskrouter, client.flexApi, client.oauth]) product.baseUrl = url;
  return client;
}

/** The tasks of the workspace of the tests. */
export const tasksOf = (client: Twilio) => client.taskrouter.v1.workspaces(WORKSPACE).tasks;

/** Route of the tasks, as the simulator names it. */
export const TASKS = '/v1/Workspaces/:workspaceSid/Tasks';
