import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { LintFlags } from '../architect/run-lint.js';
import { parseSpan } from '../terminal/span.js';
import type { Terminal } from '../terminal/terminal.js';

interface GenerateFlags {
  from?: string;
  output?: string;
  force?: boolean;
  example?: boolean;
}

const EXAMPLES = `
Examples:
  $ holdline architect lint flows/ --calls-per-minute 120 --p95 800ms
  $ holdline architect generate retry --example > retry.json
  $ holdline architect generate retry --from retry.json -o retry.yaml
  $ holdline architect rules`;

const LINT_EXAMPLES = `
Examples:
  $ holdline architect lint flows/main.yaml flows/lookup.i3WorkFlow
  $ holdline architect lint flows/ --calls-per-minute 120 --p95 800ms
  $ holdline architect lint flows/ --sarif architect.sarif --max-level error
  $ curl -s "$API/api/v2/flows/$ID/latestconfiguration" -H "$AUTH" | holdline architect lint -

Reads Archy YAML, exports (.i3WorkFlow, .i3InboundFlow and others) and the JSON of latestconfiguration. In a folder, files
that end with .yaml, .yml or .i3…Flow are read. Hidden folders, node_modules, dist and build are left out. A comment turns rules off for the next line of Archy YAML:

  # holdline-disable-next-line unbounded-retry -- a trigger starts this flow once a day

Exits with 1 if a finding is above --max-level, and with 2 for wrong options or a file that cannot be read.
Nothing is sent, and nothing is changed.`;

const GENERATE_EXAMPLES = `
Examples:
  $ holdline architect generate cache --example > hours.json
  $ holdline architect generate cache --from hours.json -o hours.yaml
  $ holdline architect generate overflow --from lookup.ts | holdline architect lint -

Archy was not to be had where this was written: let Archy check the file before you publish it.`;

function parseRate(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It must be a number of at least 0.');
  return value;
}

function parseDuration(text: string): number {
  const ms = parseSpan(text);
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('It must be a time such as 800ms or 1.5s.');
  return ms;
}

/** Adds `architect`: checks and generates flows of Genesys Cloud Architect. */
export function addArchitectCommand(program: Command, terminal: Terminal): void {
  const architect = program
    .command('architect')
    .summary('check or generate flows of Genesys Cloud Architect')
    .description(
      'Checks flows of Genesys Cloud Architect against the limits of the platform, and generates flows that keep them.',
    )
    .addHelpText('after', EXAMPLES);

  architect
    .command('lint')
    .summary('find what breaks a limit of the platform')
    .description(
      'Finds loops without a Wait, retries without a bound, too many actions, waits that are too long, missing failure paths and needless data actions.',
    )
    .argument('<file...>', "flows, folders with flows, or '-' for the standard input")
    .option('-c, --config <file>', 'options of the rules (default: the nearest holdline.architect.{json,yaml,yml})')
    .option('--calls-per-minute <n>', 'interactions that start each flow, at the busiest time', parseRate)
    .option('--p95 <time>', 'the 95th percentile of the duration of data actions, such as 800ms', parseDuration)
    .addOption(
      new Option('--max-level <level>', 'the most serious level that still ends with 0')
        .choices(['none', 'hint', 'warn', 'error'])
        .default('warn'),
    )
    .option('--json', 'print the report as JSON')
    .option('--sarif [file]', 'write the report as SARIF 2.1.0, to a file or instead of the text')
    .addHelpText('after', LINT_EXAMPLES)
    .action(async (places: string[], flags: LintFlags) => {
      const { runLint } = await import('../architect/run-lint.js');
      await runLint({ places, ...flags }, terminal);
    });

  architect
    .command('generate')
    .summary('write a flow that keeps the limits')
    .description(
      'Writes a flow as Archy YAML: cache looks in a data table before it calls a data action, retry repeats a data action with a bound and a Wait, overflow hands a call on instead of repeating.',
    )
    .addArgument(new Argument('<template>', 'what the flow does').choices(['cache', 'retry', 'overflow']))
    .option('-f, --from <file>', 'names and numbers of the flow, in JSON, TypeScript or JavaScript')
    .option('-o, --output <file>', 'file to write (default: the standard output)')
    .option('--force', 'replace a file that exists')
    .option('--example', 'print options to start from')
    .addHelpText('after', GENERATE_EXAMPLES)
    .action(async (template: 'cache' | 'retry' | 'overflow', flags: GenerateFlags) => {
      const { runGenerate } = await import('../architect/run-generate.js');
      await runGenerate({ template, ...flags }, terminal);
    });

  architect
    .command('rules')
    .summary('list the rules with their reasons and sources')
    .description(
      'Lists the rules of lint: what each one reports, why, where the fact comes from, and what it would have caught.',
    )
    .option('--json', 'print the rules as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ holdline architect rules\n  $ holdline architect rules --json | jq -r .[].id',
    )
    .action(async (flags: { json?: boolean }) => {
      const { runRules } = await import('../architect/run-rules.js');
      runRules(flags, terminal);
    });
}
