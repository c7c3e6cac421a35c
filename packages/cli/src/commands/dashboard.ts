import type { Command } from 'commander';
import type { Terminal } from '../terminal/terminal.js';
import { parsePort } from './simulator.js';

const EXAMPLES = `
Examples:
  $ holdline dashboard run.jsonl
  $ holdline dashboard run.jsonl --follow --port 0
  $ holdline dashboard -- node app.js
  $ HOLDLINE_DASHBOARD_TOKEN=… holdline dashboard --history history.json -- node app.js

With a command, the page belongs to its process and ends with it; the exit code is that of the command. The page is on
127.0.0.1 and only reads. The token of HOLDLINE_DASHBOARD_TOKEN is passed on to the command.`;

interface Flags {
  port?: number;
  history?: string;
  follow?: boolean;
}

/** Adds `dashboard`: a live page of a recording or of a command. */
export function addDashboardCommand(program: Command, terminal: Terminal): void {
  program
    .command('dashboard')
    .summary('show a recording or a running command on a live page')
    .description(
      'Shows a recording, or the lines of a command, on a live page: limits, queues, gates, calls and alerts.',
    )
    .argument('<target...>', 'a recording, or -- and a command with its arguments')
    .option('-p, --port <port>', 'port of the page (default: 4653)', parsePort)
    .option('-f, --follow', 'go on reading a recording that is being written')
    .option('--history <file>', 'file that keeps the history of a command over restarts')
    .addHelpText('after', EXAMPLES)
    .action(async (target: string[], flags: Flags, command: Command) => {
      const { runDashboard } = await import('../dashboard/run-dashboard.js');
      await runDashboard({ target, isCommand: isAfterDashes(command), ...flags }, terminal);
    });
}

/** Whether the arguments stand after `--`. A recording is an argument before it. */
function isAfterDashes(command: Command): boolean {
  const { rawArgs = [] } = (command.parent ?? {}) as { rawArgs?: string[] };
  return rawArgs.includes('--');
}
