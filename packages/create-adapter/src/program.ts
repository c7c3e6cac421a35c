import { relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { completeAnswers } from './answers.js';
import { findVersion, type FindVersion } from './client-version.js';
import { CreateError, EXIT } from './errors.js';
import { parseClient } from './names.js';
import { readVersion } from './package-root.js';
import { createProject } from './project.js';
import { askAtTerminal, type Questions } from './questions.js';
import { LICENSES, TEMPLATE_NAMES, TEMPLATES } from './templates.js';

const WIDTH = Math.max(...TEMPLATE_NAMES.map((name) => name.length));

const HELP = `Creates a package with an adapter or a policy for Holdline.

Usage: npm create @holdline/adapter <folder> -- [options]

Options:
  --template <name>      what to make; see below
  --policy               the same as --template policy
  --name <name>          name of the package; default: the name of the folder
  --client <package>     package of the guarded client, such as superagent or superagent@^10.2.0
  --guard <name>         name of the guard function; default: guard and the name of the client
  --description <text>   description of the package
  --author <text>        author of the package
  --license <name>       ${LICENSES.join(', ')}; default: ${LICENSES[0]}
  -y, --yes              ask nothing; what no option says gets its default
  -h, --help             print this text
  -v, --version          print the version

Templates:
${TEMPLATE_NAMES.map((name) => `  ${name.padEnd(WIDTH)}   ${TEMPLATES[name]}`).join('\n')}

Without a terminal nothing is asked, as with --yes: the folder and --template are then needed.
Exit codes: 0 created; 1 the folder is not empty or cannot be written; 2 wrong or missing options; 130 cancelled.
`;

const OPTIONS = {
  template: { type: 'string' },
  policy: { type: 'boolean' },
  name: { type: 'string' },
  client: { type: 'string' },
  guard: { type: 'string' },
  description: { type: 'string' },
  author: { type: 'string' },
  license: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** What the command works with. Tests give their own. */
export interface Surroundings {
  out(text: string): void;
  err(text: string): void;
  /** Undefined without a terminal. */
  readonly questions: Questions | undefined;
  readonly findVersion: FindVersion;
  readonly cwd: string;
}

/** The terminal and the registry of this process. */
export function surroundingsOfProcess(): Surroundings {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    questions: isTerminal ? askAtTerminal() : undefined,
    findVersion,
    cwd: process.cwd(),
  };
}

/** Runs the command. Resolves with its exit code and never rejects. */
export async function runProgram(
  args: readonly string[],
  surroundings: Surroundings = surroundingsOfProcess(),
): Promise<number> {
  const { out, err } = surroundings;
  try {
    const { values, positionals } = parseFlags(args);
    if (values.help) return (out(HELP), EXIT.done);
    if (values.version) return (out(`${readVersion()}\n`), EXIT.done);
    if (positionals.length > 1)
      throw new CreateError(`One folder is allowed, and there are ${positionals.length}: ${positionals.join(', ')}.`);
    const { yes, help, version, ...flags } = values;
    void help;
    void version;
    const questions = yes ? undefined : surroundings.questions;
    const options = await completeAnswers({ ...flags, folder: positionals[0] }, questions, surroundings.findVersion);
    const { folder, name, files } = await createProject(options);
    out(`\nCreated ${name} with ${files.length} files.\n\n`);
    const way = relative(surroundings.cwd, folder);
    if (way !== '') out(`  cd ${/^[\w./@-]+$/.test(way) ? way : JSON.stringify(way)}\n`);
    out('  npm install\n  npm run check\n\n');
    if (options.template === 'policy') out('Then change the places that the comments CHANGE name.\n');
    else out('The contract runs on an example client. Then change the places that the comments CHANGE name.\n');
    const client = options.client === undefined ? undefined : parseClient(options.client);
    if (client && client.range === undefined)
      out(
        `The registry did not answer, so package.json allows every version of ${client.name}. Write the range that you test.\n`,
      );
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof CreateError)) throw error;
    err(`error: ${error.message}\n`);
    if (error.exitCode === EXIT.usage) err('See: npm create @holdline/adapter -- --help\n');
    return error.exitCode;
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // Node's message names the option.
    throw new CreateError((error as Error).message.replace(/\. To specify a positional.*$/s, '.'));
  }
}
