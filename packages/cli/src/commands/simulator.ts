import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Terminal } from '../terminal/terminal.js';

const PLATFORMS = ['genesys', 'cxone', 'aws-connect', 'twilio'] as const;

interface SimulatorFlags {
  platform?: (typeof PLATFORMS)[number];
  port?: number;
  limit: string[];
  fault: string[];
  service?: number;
  seed?: number;
  config?: string;
  ui: number | boolean;
}

const EXAMPLES = `
Examples:
  $ holdline simulator
  $ holdline simulator --platform cxone --port 8080 --ui 8081
  $ holdline simulator --limit 300/60s --limit 'limit=100,window=60s,per=route,match=PUT /api/v2/architect/ivrs/:id'
  $ holdline simulator --fault 'kind=drop-after,match=POST /api/v2/externalcontacts/contacts,rate=0.1'
  $ holdline simulator --config simulator.json

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

const collect = (text: string, before: string[]): string[] => [...before, text];

/** Adds `simulator`: a local platform with a page that shows its wire log. */
export function addSimulatorCommand(program: Command, terminal: Terminal): void {
  program
    .command('simulator')
    .summary('start a local platform with a wire log')
    .description(
      'Starts a local Genesys Cloud, CXone, Amazon Connect or Twilio on 127.0.0.1, with limits, tokens and faults, and a page that shows its wire log. Ctrl+C ends it and prints what it counted.',
    )
    .addOption(new Option('--platform <platform>', 'platform (default: genesys)').choices(PLATFORMS))
    .option('-p, --port <port>', 'port of the platform (default: any free one)', parsePort)
    .option('--limit <limit>', 'limit of the API, such as 300/60s; may be repeated', collect, [])
    .option('--fault <fault>', 'fault, such as kind=drop-after,rate=0.1; may be repeated', collect, [])
    .option('--service <ms>', 'time between the execution of a request and its answer', parseCount)
    .option('--seed <number>', 'seed of all random values', parseCount)
    .option('-c, --config <file>', 'file with options of the simulator')
    .option('--ui <port>', 'port of the page with the wire log', parsePort, 0)
    .option('--no-ui', 'serve no page')
    .addHelpText('after', EXAMPLES)
    .action(async ({ ui, ...flags }: SimulatorFlags) => {
      const { runSimulator } = await import('../simulator/run-simulator.js');
      await runSimulator({ ...flags, ui: typeof ui === 'number' ? ui : false }, terminal);
    });
}
