import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock } from '@holdline/core';
import {
  type LoadReport,
  type SimulatorOptions,
  type SimulatorProfile,
  type Stats,
  startSimulator,
} from '@holdline/simulator';
import { readConfigFile } from '../config/read-file.js';
import { CommandError, lineOf, usageError } from '../terminal/errors.js';
import { nextSignal } from '../terminal/signal.js';
import { styleOf, table } from '../terminal/style.js';
import type { Terminal } from '../terminal/terminal.js';
import { count, counted, duration } from '../terminal/words.js';
import { loadProfile } from './load-profile.js';
import { parseFault, parseLimit } from './parse-options.js';
import { renderRunReport } from './report/report-text.js';
import { buildReport, type RunReport } from './report/run-report.js';
import { findSavings, type Savings } from './report/savings.js';
import { WireFeed } from './wire-feed.js';
import { serveWireLog } from './wire-server.js';

/** What `simulator` is asked for. */
export interface SimulatorQuestion {
  /** Name of a profile, or path of its file. */
  profile?: string;
  platform?: SimulatorOptions['platform'];
  port?: number;
  limit: string[];
  fault: string[];
  service?: number;
  seed?: number;
  config?: string;
  /** Limits count and report, but refuse nothing. */
  shadow?: boolean;
  /** Calls to softphones per second. */
  calls?: number;
  /** Time after which the simulator ends, ms. */
  duration?: number;
  /** File for the report. */
  report?: string;
  /** Port of the page; false for no page. */
  ui: number | false;
}

/** Routes in the statistics at the end. */
const MAX_ROUTES = 10;

/** Starts the platform and the page, and ends with the first SIGINT or SIGTERM, or when the time is over. */
export async function runSimulator(question: SimulatorQuestion, terminal: Terminal): Promise<void> {
  const reportPath = question.report === undefined ? undefined : resolve(terminal.cwd, question.report);
  // A wrong path is found before the run, not after it.
  if (reportPath !== undefined) await checkFolder(reportPath);
  const profile = question.profile === undefined ? undefined : await loadProfile(question.profile, terminal.cwd);
  const options = await optionsOf(question, profile, terminal.cwd);
  const simulator = await startSimulator(options).catch((error: unknown) => {
    throw portError(error, options.port);
  });
  const { platform } = options;
  const startedAt = systemClock.wall();
  const clockOffset = startedAt - performance.now();
  const reportOf = (load: LoadReport, savings: Savings | undefined): RunReport =>
    buildReport({ platform, profile, startedAt, load, savings });
  const feed = new WireFeed(simulator, systemClock, clockOffset);
  let report: RunReport;
  try {
    const page =
      question.ui === false
        ? undefined
        : await serveWireLog(feed, question.ui, () => reportOf(simulator.report(), undefined)).catch(
            (error: unknown) => {
              throw portError(error, question.ui as number);
            },
          );
    terminal.out(greeting(platform, simulator.url, page?.url, runWords(options, profile, question.duration)));
    await endOfRun(question.duration);
    // The open sockets belong to the report, so it is made before they are closed.
    const load = simulator.report();
    await page?.close();
    feed.stop();
    await simulator.stop();
    report = reportOf(load, findSavings(simulator.wire(), clockOffset));
  } finally {
    feed.stop();
    await simulator.stop();
  }
  terminal.out(`\n${farewell(simulator.stats())}\n${renderRunReport(report, styleOf(terminal))}`);
  if (reportPath === undefined) return;
  await writeFile(reportPath, `${JSON.stringify(report, undefined, 2)}\n`).catch((error: unknown) => {
    throw new CommandError(`The report cannot be written: ${lineOf(error)}`);
  });
  terminal.out(`\nReport: ${question.report ?? ''}\n`);
}

/** Waits for a signal, or for the end of the duration. */
async function endOfRun(durationMs: number | undefined): Promise<void> {
  const signal = nextSignal();
  if (durationMs === undefined) return signal;
  let stop = (): void => undefined;
  const over = new Promise<void>((done) => {
    stop = systemClock.setTimer(durationMs, done);
  });
  await Promise.race([signal, over]);
  stop();
}

async function checkFolder(path: string): Promise<void> {
  await access(dirname(path), constants.W_OK).catch(() => {
    throw usageError(`--report: the folder ${dirname(path)} does not exist or cannot be written.`);
  });
}

/** The options of the profile, with those of the file over them, and those of the command line over both. */
async function optionsOf(
  question: SimulatorQuestion,
  profile: SimulatorProfile | undefined,
  cwd: string,
): Promise<SimulatorOptions> {
  const { config, platform, port, service, seed, limit, fault, shadow, calls } = question;
  const file = config === undefined ? {} : (await readConfigFile(resolve(cwd, config))).value;
  if (typeof file !== 'object' || file === null)
    throw usageError(`${config ?? ''} must export the options of the simulator.`);
  const given = { platform: 'genesys', ...profile?.options, ...file } as SimulatorOptions;
  const own = profile?.options.platform;
  const wanted = platform ?? given.platform;
  // The limits and latencies of a profile have the paths of its platform.
  if (own !== undefined && wanted !== own)
    throw usageError(`The profile ${profile?.name ?? ''} is for the platform ${own}, not for ${wanted}.`);
  // A fixed time replaces the latency profile, which would otherwise win.
  const { latency, ...rest } = given;
  return {
    ...rest,
    ...(latency !== undefined && service === undefined && { latency }),
    ...(platform !== undefined && { platform }),
    ...(port !== undefined && { port }),
    ...(service !== undefined && { serviceMs: service }),
    ...(seed !== undefined && { seed }),
    ...(limit.length > 0 && { limits: limit.map(parseLimit) }),
    ...(fault.length > 0 && { faults: fault.map(parseFault) }),
    ...(shadow === true && { enforce: false }),
    ...(calls !== undefined && { calls: { ...rest.calls, perSecond: calls } }),
  };
}

/** What is special about this run, in words. */
function runWords(
  { enforce, calls }: SimulatorOptions,
  profile: SimulatorProfile | undefined,
  durationMs: number | undefined,
): string[] {
  const lines: string[] = [];
  if (profile) {
    const grades = Object.values(profile.facts).map(({ grade }) => grade);
    const documented = grades.filter((grade) => grade === 'A' || grade === 'B').length;
    const assumed = grades.length - documented;
    lines.push(
      `Profile ${profile.name}: ${profile.description}.`,
      `${counted(documented, 'number')} from the vendor or its community, ${count(assumed)} assumed; the report names the sources.`,
    );
  }
  if (enforce === false) lines.push('Shadow mode: limits count, but nothing is refused.');
  if ((calls?.perSecond ?? 0) > 0) lines.push(`Calls to softphones: ${String(calls?.perSecond)} per second.`);
  if (durationMs !== undefined) lines.push(`Ends after ${duration(durationMs)}.`);
  return lines;
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
export function greeting(
  platform: SimulatorOptions['platform'],
  url: string,
  page: string | undefined,
  more: readonly string[] = [],
): string {
  const { name, how } = GREETINGS[platform];
  return [
    `${name}: ${url}`,
    ...(page === undefined ? [] : [`Wire log: ${page}`]),
    ...more,
    '',
    ...how(url),
    '',
    'Ctrl+C ends it and prints the report.',
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
