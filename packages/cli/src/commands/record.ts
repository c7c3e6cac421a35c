import type { Command } from 'commander';
import type { Terminal } from '../terminal/terminal.js';

const EXAMPLES = `
Examples:
  $ holdline record -- node app.js
  $ holdline record -o run.jsonl -- node --enable-source-maps dist/server.js --port 8080
  $ holdline record -o 'run-%p.jsonl' -- npm start

The recording has times, routes, statuses and waits of all lines of the process: no tokens, no URLs, no bodies. %p stands for
the number of the process, for commands that start several. The exit code is that of the command.`;

/** Adds `record`: runs a command and records what its lines do. */
export function addRecordCommand(program: Command, terminal: Terminal): void {
  program
    .command('record')
    .summary('run a command and record what its lines do')
    .description(
      'Runs a command and records what the lines of its Node processes do, for holdline doctor and holdline dashboard.',
    )
    .argument('<command...>', 'command with its arguments, after --')
    .option('-o, --output <file>', 'file of the recording', 'holdline-run.jsonl')
    .passThroughOptions()
    .addHelpText('after', EXAMPLES)
    .action(async (command: string[], { output }: { output: string }) => {
      const { runRecord } = await import('../record/run-record.js');
      await runRecord({ command, output }, terminal);
    });
}
