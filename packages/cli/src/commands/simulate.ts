import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError, isHoldline, isHoldlineError } from '@holdline/core';
import type { Command } from 'commander';
import { CommandError, lineOf } from '../terminal/errors.js';
import type { SimulateFlags } from '../simulate/flags.js';
import type { Scenario, SimulatedConfig, SimulateOptions } from '../simulate/types.js';

/** Where the command writes, and its directory. */
export interface SimulateTerminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether progress is shown. */
  readonly progress: boolean;
  readonly cwd: string;
}

interface Flags extends SimulateFlags {
  svg?: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ holdline simulate --agents 200 --within 60s --calls 8 --limit 300/60s
  $ holdline simulate --agents 200 --within 60s --calls 8 --shared 3 --limit 300/60s --what-if credentials=2 --svg login.svg
  $ holdline simulate --agents 200 --within 60s --calls 8 --group reports:agents=10,calls=100,priority=low --limit 300/60s
  $ holdline simulate --recording run.jsonl --limit 300/60s --what-if 'cache=GET /api/v2/users/:id:60s'
  $ holdline simulate scenario.ts --json

What to try with --what-if, once or several times; ' + ' joins changes into one run:
  limit=600/60s             another first limit
  credentials=2             another number of credentials
  priority=low:GROUP        another priority of a group
  cache=ROUTE:60s           calls for the same thing within 60 s cost one request; ROUTE may be *
  coalesce                  calls for the same thing at the same time cost one request
  bulk=ROUTE:50[:20ms]      up to 50 calls of the route within 20 ms (default: the same moment) are one request
  drop=GROUP                the load without a group

Durations: 250ms, 60s, 5m, 2h. No request leaves this machine.`;

/** Collects the values of a flag that may be repeated. */
const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** Options of a real configuration that a simulation replaces or does not need. */
const LEFT_OUT = ['clock', 'random', 'token', 'store', 'pools', 'state', 'deadLetters'];

/**
 * Adds `simulate`: how long a load waits, and what would change with another limit, priority, cache or credential.
 *
 * @param terminal - Where the command writes.
 * @defaultValue the outputs of the program and the directory of this process
 */
export function addSimulateCommand(program: Command, terminal?: SimulateTerminal): void {
  program
    .command('simulate')
    .summary('predict how long a load waits, and what a change would do')
    .description(
      'Runs a described or recorded load against a model of the platform, through the real policies on a virtual clock. Says how long the calls wait, and what a change would do.',
    )
    .argument('[scenario]', 'file with a scenario: .json, .ts or .js')
    .option('--agents <n>', 'number of agents')
    .option('--within <duration>', 'time in which the agents arrive (default: all at once)')
    .option('--arrival <kind>', 'how arrivals are spread: uniform, even, burst, poisson (default: uniform)')
    .option('--calls <n>', 'calls of each agent (default: 1)')
    .option('--shared <n>', 'how many of these calls ask for what is the same for all agents (default: 0)')
    .option('--every <duration>', 'interval between the calls of an agent (default: all at once)')
    .option('--in-order', 'an agent begins a call when the one before has ended')
    .option('--priority <priority>', 'priority of the calls: high, normal, low, background (default: normal)')
    .option('--group <group>', 'a further group, NAME:agents=10,calls=50,priority=low; may be repeated', collect)
    .option('--recording <file>', 'the calls of a recording instead of --agents')
    .option('--group-by <key>', 'groups of a recording: priority, tenant, route (default: priority)')
    .option('--limit <rate>', "limit of the platform, 300/60s or '100/60s PUT /ivrs/:id'; may be repeated", collect)
    .option('--counts <kind>', 'how the platform counts: fixed, sliding, bucket (default: fixed)')
    .option('--per <scope>', 'what the limits are counted by: token, route, org (default: token)')
    .option('--service <duration>', 'time of one answer, or median and 95th percentile: 80ms,400ms (default: 100ms)')
    .option('--errors <percent>', 'part of the requests that fail with 503, such as 1% (default: 0%)')
    .option('--credentials <n>', 'number of credentials (default: 1)')
    .option('--deadline <duration>', 'time budget of each call (default: none)')
    .option('--max-queued <n>', 'how many calls may wait per credential (default: that of the line)')
    .option('-c, --config <file>', 'configuration of the line; its tokens and stores are left out')
    .option('--what-if <change>', 'a change to try; may be repeated (default: changes that fit the load)', collect)
    .option('--no-what-if', 'try no change')
    .option('--until <duration>', 'simulated time after which a run stops (default: 7 days)')
    .option('--seed <n>', 'seed of all random values (default: 1)')
    .option('--svg <file>', 'also draw a picture')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, flags: Flags, command: Command) => {
      await runSimulate(file, flags, terminal ?? terminalOf(command));
    });
}

async function runSimulate(file: string | undefined, flags: Flags, terminal: SimulateTerminal): Promise<void> {
  const { scenarioOf } = await import('../simulate/flags.js');
  const { drawSimulation, printSimulation, simulate } = await import('../simulate/index.js');
  const given = file === undefined ? undefined : ((await readObject(file, terminal.cwd)) as Scenario);
  const config = flags.config === undefined ? undefined : await readObject(flags.config, terminal.cwd);
  const scenario = scenarioOf(flags, given, config && (withoutOwn(config) as SimulatedConfig));
  if (!Array.isArray(scenario.load) && typeof scenario.load?.recording === 'string')
    scenario.load = { ...scenario.load, recording: resolve(terminal.cwd, scenario.load.recording) };
  const result = await simulate(scenario, terminal.progress ? { onProgress: progressOf(terminal) } : {}).catch(
    (error: unknown) => {
      throw isHoldlineError(error) && flags.whatIf ? new ConfigError(flagOf(error.message)) : error;
    },
  );
  if (terminal.progress) terminal.err('\r\u001B[K');
  terminal.out(flags.json ? `${JSON.stringify(result, null, 2)}\n` : printSimulation(result));
  // After the result, which a picture that cannot be written must not cost.
  if (flags.svg !== undefined) {
    const picture = resolve(terminal.cwd, flags.svg);
    await writeFile(picture, drawSimulation(result)).catch((error: unknown) => {
      throw new CommandError(`The picture ${picture} cannot be written: ${lineOf(error)}.`);
    });
  }
}

/** Reads a scenario or a configuration. */
async function readObject(file: string, directory: string): Promise<object> {
  const { readConfigFile } = await import('../config/read-file.js');
  const { value } = await readConfigFile(resolve(directory, file));
  if (isHoldline(value))
    throw new ConfigError(`the file ${file} exports a line, which cannot be simulated: export its configuration`);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(`the file ${file} must have an object, as JSON or as its default export`);
  return value;
}

/** Names the flag instead of the key of a scenario. */
const flagOf = (message: string): string => message.replace(/^whatIf\[\d+\]/, '--what-if');

const withoutOwn = (config: object): object =>
  Object.fromEntries(Object.entries(config).filter(([name]) => !LEFT_OUT.includes(name)));

/** Shows the share of the calls that have ended, in one line that is written again when it changes. */
function progressOf({ err }: SimulateTerminal): NonNullable<SimulateOptions['onProgress']> {
  let last = '';
  return ({ run, ended, calls, runs, of }) => {
    const percent = calls === 0 ? 100 : Math.floor((100 * ended) / calls);
    const line = `run ${runs + 1} of ${of} (${run}): ${percent} %`;
    if (line !== last) err(`\r\u001B[K${line}`);
    last = line;
  };
}

function terminalOf(command: Command): SimulateTerminal {
  const { writeOut, writeErr } = command.configureOutput();
  return {
    out: (text) => writeOut?.(text),
    err: (text) => writeErr?.(text),
    progress: process.stderr.isTTY === true,
    cwd: process.cwd(),
  };
}
