import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseSpan } from '../terminal/span.js';
import type { Terminal } from '../terminal/terminal.js';

const PLATFORMS = ['genesys', 'cxone', 'aws-connect', 'twilio'] as const;

interface SimulatorFlags {
  profile?: string;
  platform?: (typeof PLATFORMS)[number];
  port?: number;
  limit: string[];
  fault: string[];
  service?: number;
  seed?: number;
  config?: string;
  shadow?: boolean;
  calls?: number;
  duration?: number;
  report?: string;
  ui: number | boolean;
}

const EXAMPLES = `
Examples:
  $ holdline simulator
  $ holdline simulator --platform cxone --port 8080 --ui 8081
  $ holdline simulator --limit 300/60s --limit 'limit=100,window=60s,per=route,match=PUT /api/v2/architect/ivrs/:id'
  $ holdline simulator --fault 'kind=drop-after,match=POST /api/v2/externalcontacts/contacts,rate=0.1'
  $ holdline simulator --config simulator.json
  $ holdline simulator --profile genesys-default --duration 10min --report report.json
  $ holdline simulator --profile our-org.json --shadow

Profiles: genesys-default (documented limits of Genesys Cloud, assumed latency), cxone (documented limits of CXone Digital
Engagement, assumed latency), or a file with the keys extends, name, description, options and facts.

A limit has limit, window, and optionally per (token, client, user, tenant, entity, route, org), match, enforcement (fixed,
sliding, bucket), burst, entity and name. A fault has kind (drop-before, drop-after, delay, status, truncate,
malformed-headers), and optionally match, rate, every, times, after, delay and status.`;

/** Reads a port. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a port from 0 to 65535.');
  return port;
}

function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function parseTime(text: string): number {
  const ms = parseSpan(text);
  // Node's timers end there.
  if (ms === undefined || !(ms > 0 && ms <= 2_147_483_647))
    throw new InvalidArgumentError('It must be a time such as 90s, 10min or 1h, at most 24 days.');
  return ms;
}

function parseCallRate(text: string): number {
  const rate = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || rate > 1000)
    throw new InvalidArgumentError('It must be a number of calls per second from 0 to 1000.');
  return rate;
}

const collect = (text: string, before: string[]): string[] => [...before, text];

/** Adds `simulator`: a local platform, a target for load tests, with a page that shows its load. */
export function addSimulatorCommand(program: Command, terminal: Terminal): void {
  program
    .command('simulator')
    .summary('start a local platform: a target for tests and load tests')
    .description(
      'Starts a local Genesys Cloud, CXone, Amazon Connect or Twilio on 127.0.0.1, with limits, tokens and faults, and a page that shows its wire log. Ctrl+C ends it and prints a report: refusals by limit, who was throttled, and what pacing would avoid it.',
    )
    .option('--profile <name or file>', 'named options of a platform: genesys-default, cxone, or a file')
    .addOption(new Option('--platform <platform>', 'platform (default: genesys)').choices(PLATFORMS))
    .option('-p, --port <port>', 'port of the platform (default: any free one)', parsePort)
    .option('--limit <limit>', 'limit of the API, such as 300/60s; may be repeated', collect, [])
    .option('--fault <fault>', 'fault, such as kind=drop-after,rate=0.1; may be repeated', collect, [])
    .option('--service <ms>', 'time between the execution of a request and its answer', parseCount)
    .option('--seed <number>', 'seed of all random values', parseCount)
    .option('-c, --config <file>', 'file with options of the simulator')
    .option('--shadow', 'count and report refusals of limits, but refuse nothing')
    .option('--calls <rate>', 'calls to signed-in softphones per second (Genesys Cloud)', parseCallRate)
    .option('--duration <time>', 'end after this time, such as 10min (default: at Ctrl+C)', parseTime)
    .option('--report <file>', 'write the report as JSON')
    .option('--ui <port>', 'port of the page with the wire log', parsePort, 0)
    .option('--no-ui', 'serve no page')
    .addHelpText('after', EXAMPLES)
    .action(async ({ ui, ...flags }: SimulatorFlags) => {
      const { runSimulator } = await import('../simulator/run-simulator.js');
      await runSimulator({ ...flags, ui: typeof ui === 'number' ? ui : false }, terminal);
    });
}
