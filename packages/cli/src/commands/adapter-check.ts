import { type Command, Option } from 'commander';
import type { ContractPart } from '@holdline/adapter-kit';
import { PARTS } from '../adapter-check/parts.js';
import { usageError } from '../terminal/errors.js';
import type { Terminal } from '../terminal/terminal.js';
import { listed } from '../terminal/words.js';

const EXAMPLES = `
Examples:
  $ holdline adapter-check
  $ holdline adapter-check ./dist
  $ holdline adapter-check packages/acme --contract packages/acme/test/adapter.contract.ts
  $ holdline adapter-check --part tokens --part bodies
  $ holdline adapter-check --json | jq '.contracts[].cases[] | select(.result == "failed")'

The contract file is adapter.contract.mjs, .js or .ts beside package.json or in its folder test. It exports an adapter under test, a
policy under test, or a function that takes the built package and returns one. The cases send to servers on 127.0.0.1 only.
Exits with 1 if a case fails or the package has an error.`;

/** Adds `adapter-check`: whether an adapter or a policy fulfils its contract. */
export function addAdapterCheckCommand(program: Command, terminal: Terminal): void {
  program
    .command('adapter-check')
    .summary('test a built adapter or policy against its contract')
    .description(
      'Tests the built package of an adapter or a policy against its contract, and checks what the package claims.',
    )
    .argument('[package]', 'folder of the package, of its build, or a file of it (default: this folder)')
    .option('--contract <file>', 'contract file (default: adapter.contract.* of the package)')
    .addOption(
      new Option('--part <part>', 'part of the contract to run; may be repeated (default: all)').argParser(addPart),
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (place: string | undefined, flags: { contract?: string; part?: ContractPart[]; json?: boolean }) => {
      const { runAdapterCheck } = await import('../adapter-check/run-adapter-check.js');
      await runAdapterCheck({ place, ...flags }, terminal);
    });
}

/** Adds one part of the contract to the others. */
export function addPart(given: string, others: readonly ContractPart[] = []): ContractPart[] {
  const part = PARTS.find((name) => name === given);
  if (part === undefined) throw usageError(`--part must be one of ${listed(PARTS, 'or')}.`);
  return [...others, part];
}
