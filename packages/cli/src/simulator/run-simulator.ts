import { performance } from 'node:perf_hooks';
import { systemClock } from '@holdline/core';
import { type SimulatorOptions, type Stats, startSimulator } from '@holdline/simulator';
import { resolve } from 'node:path';
import { readConfigFile } from '../config/read-file.js';
import { CommandError, lineOf, usageError } from '../terminal/errors.js';
import { nextSignal } from '../terminal/signal.js';
import { table } from '../terminal/style.js';
import type { Terminal } from '../terminal/terminal.js';
import { count } from '../terminal/words.js';
import { parseFault, parseLimit } from './parse-options.js';
import { WireFeed } from './wire-feed.js';
import { serveWireLog } from './wire-server.js';

/** What `simulator` is asked for. */
export interface SimulatorQuestion {
  platform?: SimulatorOptions['platform'];
  port?: number;
  limit: string[];
  fault: string[];
  service?: number;
  seed?: number;
  config?: string;
  /** Port of the page; false for no page. */
  ui: number | false;
}

/** Routes in the statistics at the end. */
const MAX_ROUTES = 10;

/** Starts the platform and the page, and ends with the first SIGINT or SIGTERM. */
export async function runSimulator(question: SimulatorQuestion, terminal: Terminal): Promise<void> {
  const options = await optionsOf(question, terminal.cwd);
  const simulator = await startSimulator(options).catch((error: unknown) => {
    throw portError(error, options.port);
  });
  const feed = new WireFeed(simulator, systemClock, systemClock.wall() - performance.now());
  try {
    const page =
      question.ui === false
        ? undefined
        : await serveWireLog(feed, question.ui).catch((error: unknown) => {
            throw portError(error, question.ui as number);
          });
    terminal.out(greeting(options.platform, simulator.url, page?.url));
    await nextSignal();
    await page?.close();
  } finally {
    feed.stop();
    await simulator.stop();
  }
  terminal.out(`\n${farewell(simulator.stats())}`);
}

/** The options of the file, with those of the command line over them. */
async function optionsOf(question: SimulatorQuestion, cwd: string): Promise<SimulatorOptions> {
  const { config, platform, port, service, seed, limit, fault } = question;
  const file = config === undefined ? {} : (await readConfigFile(resolve(cwd, config))).value;
  if (typeof file !== 'object' || file === null)
    throw usageError(`${config ?? ''} must export the options of the simulator.`);
  return {
    platform: 'genesys',
    ...file,
    ...(platform !== undefined && { platform }),
    ...(port !== undefined && { port }),
    ...(service !== undefined && { serviceMs: service }),
    ...(seed !== undefined && { seed }),
    ...(limit.length > 0 && { limits: limit.map(parseLimit) }),
    ...(fault.length > 0 && { faults: fault.map(parseFault) }),
  };
}

function portError(error: unknown, port = 0): unknown {
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === 'EADDRINUSE')
    return new CommandError(`Port ${port} is in use. Choose another one, or 0 for any free port.`);
  if (code === 'EACCES') return new CommandError(`Port ${port} needs more rights: ${lineOf(error)}`);
  return error;
}

/** Name of each platform, and how to reach it. */
const GREETINGS: Record<SimulatorOptions['platform'], { name: string; how(url: string): string[] }> = {
  genesys: {
    name: 'Genesys Cloud',
    how(url) {
      const { hostname, port } = new URL(url);
      return [
        'Point the SDK at it:',
        '  const client = platformClient.ApiClient.instance;',
        // A URL leaves out port 80.
        `  client.setGateway({ host: '${hostname}', protocol: 'http', port: ${port || '80'} });`,
        "  await client.loginClientCredentialsGrant('any-id', 'any-secret');",
      ];
    },
  },
  cxone: {
    name: 'CXone',
    how: (url) => [
      'Get a token for the tenant acme, and call the API:',
      `  POST ${url}/authentication/v1/token/access-key  {"accessKeyId":"key@acme","accessKeySecret":"any"}`,
      `  GET  ${url}/incontactapi/services/v30.0/agents  Authorization: Bearer <access_token>`,
    ],
  },
  'aws-connect': {
    name: 'Amazon Connect',
    how: (url) => [
      'Point the SDK at it:',
      "  const credentials = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'simulated' };",
      `  const client = new ConnectClient({ endpoint: '${url}', region: 'eu-west-2', credentials });`,
    ],
  },
  twilio: {
    name: 'Twilio',
    how: (url) => [
      'Point the SDK at it:',
      "  const client = twilio('AC' + '1'.repeat(32), 'any-token');",
      `  client.taskrouter.baseUrl = client.flexApi.baseUrl = '${url}';`,
    ],
  },
};

/** What the command prints when the platform has started. */
export function greeting(platform: SimulatorOptions['platform'], url: string, page: string | undefined): string {
  const { name, how } = GREETINGS[platform];
  return [
    `${name}: ${url}`,
    ...(page === undefined ? [] : [`Wire log: ${page}`]),
    '',
    ...how(url),
    '',
    'Ctrl+C ends it.',
    '',
  ].join('\n');
}

function farewell(stats: Stats): string {
  const {
    requests,
    answered,
    refused,
    unauthorized,
    dropped,
    tokenRequests,
    executedWrites,
    duplicateWrites,
    byRoute,
  } = stats;
  const routes = Object.entries(byRoute)
    .sort(([, a], [, b]) => b.requests - a.requests)
    .slice(0, MAX_ROUTES)
    .map(([route, one]) => [count(one.requests), count(one.refused), count(one.executed), route]);
  return [
    `${count(requests)} API requests: ${count(answered)} answered, ${count(refused)} refused with 429, ${count(unauthorized)} with 401, ${count(dropped)} without an answer`,
    `${count(tokenRequests)} token requests, ${count(executedWrites)} writes executed, ${count(duplicateWrites)} of them duplicates`,
    ...(routes.length > 0 ? ['', table(['requests', '429', 'executed', 'route'], routes).trimEnd()] : []),
    '',
  ].join('\n');
}
