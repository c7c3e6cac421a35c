import { type Command, Option } from 'commander';
import type { CallContext } from '@holdline/core';
import { usageError } from '../terminal/errors.js';
import type { Terminal } from '../terminal/terminal.js';

interface ExplainFlags {
  config?: string;
  tenant?: string;
  priority?: NonNullable<CallContext['priority']>;
  header: Record<string, string>;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ holdline explain GET https://api.mypurecloud.com/api/v2/users/123
  $ holdline explain POST /api/v2/analytics/conversations/details/query --tenant acme
  $ holdline explain PUT /api/v2/users/123 --config config/holdline.config.ts --json

Without --config, the nearest holdline.config.{ts,mts,js,mjs,cjs,json} of this directory or a parent applies.
Nothing is sent. The numbers are those of a line that has just started.`;

/** Adds one `name: value` to the headers. */
export function addHeader(given: string, headers: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/.exec(given) ?? [];
  if (name === undefined || value === undefined)
    // The text may hold a credential, so the error does not repeat it.
    throw usageError("--header must have the form 'name: value'.");
  return { ...headers, [name]: value };
}

/** Adds `explain`: how a line handles a request, in sentences. */
export function addExplainCommand(program: Command, terminal: Terminal): void {
  program
    .command('explain')
    .summary('say in sentences how a line handles a request')
    .description(
      'Says in sentences how a line handles a request: its policies, its numbers, and what would happen now.',
    )
    .argument('<method>', 'HTTP method')
    .argument('<url>', 'absolute URL, or a path')
    .option('-c, --config <file>', 'configuration file')
    .option('--tenant <tenant>', 'tenant of the call')
    .addOption(
      new Option('--priority <priority>', 'priority of the call').choices(['high', 'normal', 'low', 'background']),
    )
    .option('--header <header>', "header of the request, 'name: value'; may be repeated", addHeader, {})
    .option('--json', 'print the explanation as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (method: string, url: string, flags: ExplainFlags) => {
      const { runExplain } = await import('../explain/run-explain.js');
      await runExplain({ method, url, ...flags }, terminal);
    });
}
