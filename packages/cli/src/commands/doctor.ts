import type { Command } from 'commander';
import type { Terminal } from '../terminal/terminal.js';

const EXAMPLES = `
Examples:
  $ holdline doctor
  $ holdline doctor packages/backend --config packages/backend/holdline.config.ts
  $ holdline record -o run.jsonl -- node app.js && holdline doctor --recording run.jsonl
  $ holdline doctor --json | jq '.findings[] | select(.severity == "error")'

Exits with 1 if a finding is an error. Reads files only: nothing is sent, and nothing is changed.`;

/** Adds `doctor`: what is wrong with a project, or costs requests. */
export function addDoctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .summary('find what is wrong with a project, or costs requests')
    .description(
      'Finds known defects of SDKs, second retry layers, tokens in web storage, wrong endpoint patterns and small pools, and in a recording what costs requests.',
    )
    .argument('[directory]', 'folder with the package.json (default: this folder)')
    .option('-r, --recording <file>', 'recording of a run, from holdline record')
    .option('-c, --config <file>', 'configuration file (default: the nearest holdline.config.*)')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (directory: string | undefined, flags: { recording?: string; config?: string; json?: boolean }) => {
      const { runDoctor } = await import('../doctor/run-doctor.js');
      await runDoctor({ directory, ...flags }, terminal);
    });
}
