import { resolve } from 'node:path';
import type { FindVersion } from './client-version.js';
import { CreateError } from './errors.js';
import { guardNameOf, parseClient } from './names.js';
import { nameOfFolder, PROBLEMS, type ProjectOptions } from './options.js';
import { refuseUsedFolder } from './project.js';
import type { Questions } from './questions.js';
import { TEMPLATE_NAMES, type License, type TemplateName } from './templates.js';

/** Answers that the command line gave. */
export interface Flags {
  readonly folder?: string | undefined;
  readonly template?: string | undefined;
  readonly policy?: boolean | undefined;
  readonly name?: string | undefined;
  readonly client?: string | undefined;
  readonly guard?: string | undefined;
  readonly description?: string | undefined;
  readonly author?: string | undefined;
  readonly license?: string | undefined;
}

/** The name of each answer on the command line. */
const SPELLED: Readonly<Record<string, string>> = { folder: 'The folder' };
const spell = (key: string): string => SPELLED[key] ?? `--${key}`;

/**
 * Completes the answers of the command line: by questions if there is a terminal, else by defaults.
 *
 * @param questions - Undefined without a terminal, or with `--yes`.
 * @throws CreateError for a wrong flag, and for each flag that is missing.
 */
export async function completeAnswers(
  flags: Flags,
  questions: Questions | undefined,
  find: FindVersion,
): Promise<ProjectOptions> {
  checkFlags(flags);
  const given = flags.policy ? 'policy' : flags.template;
  const missing = [
    ...(flags.folder === undefined ? ['the folder, as the first argument'] : []),
    ...(given === undefined ? [`--template, which is one of ${TEMPLATE_NAMES.join(', ')}`] : []),
  ];
  if (!questions && missing.length > 0)
    throw new CreateError(`Missing: ${missing.join('; and ')}. Without questions, these have no default.`);

  const folder =
    flags.folder ??
    (await questions?.text({
      message: 'Folder of the project?',
      initial: 'holdline-adapter',
      check: PROBLEMS.folder,
    })) ??
    '';
  // A used folder is reported before the other questions.
  await refuseUsedFolder(resolve(folder));
  const template = (given as TemplateName | undefined) ?? (await questions?.template()) ?? 'function-client';
  const isPolicy = template === 'policy';
  if (isPolicy) {
    for (const key of ['client', 'guard'] as const)
      if (flags[key] !== undefined) throw new CreateError(`--${key} is for adapters; a policy guards every client.`);
  }

  const name =
    flags.name ??
    (await questions?.text({ message: 'Name of the package?', initial: nameOfFolder(folder), check: PROBLEMS.name }));
  const client = isPolicy
    ? undefined
    : flags.client ||
      (await questions?.text({
        message: 'Which package of npm do you adapt? Leave it empty if you do not know yet.',
        optional: true,
        check: PROBLEMS.client,
      })) ||
      undefined;
  const guard = isPolicy
    ? undefined
    : (flags.guard ??
      (await questions?.text({
        message: 'Name of the guard function?',
        initial: guardNameOf((client && parseClient(client)?.name) ?? name ?? nameOfFolder(folder) ?? ''),
        check: PROBLEMS.guard,
      })));
  const describe = { message: 'Description, one line?', optional: true, check: PROBLEMS.description };
  const description = flags.description ?? (await questions?.text(describe));
  const author =
    flags.author ?? (await questions?.text({ message: 'Author?', optional: true, check: PROBLEMS.author }));
  return {
    folder,
    template,
    name,
    client: client && (await withRange(client, find)),
    guard,
    description,
    author,
    license: flags.license as License | undefined,
  };
}

function checkFlags(flags: Flags): void {
  if (flags.policy && flags.template !== undefined && flags.template !== 'policy')
    throw new CreateError(`--policy and --template ${flags.template} contradict each other; give one of them.`);
  for (const [key, problemOf] of Object.entries(PROBLEMS)) {
    const value = flags[key as keyof typeof PROBLEMS];
    const problem = value === undefined ? undefined : problemOf(value);
    if (problem !== undefined)
      throw new CreateError(`${spell(key)} is ${JSON.stringify(value?.slice(0, 80))}; ${problem}.`);
  }
}

/** Adds a range from the newest version, if the user gave none and the registry answers. */
async function withRange(client: string, find: FindVersion): Promise<string> {
  const spec = parseClient(client);
  if (!spec || spec.range !== undefined) return client;
  const version = await find(spec.name);
  return version === undefined ? client : `${spec.name}@^${version}`;
}
