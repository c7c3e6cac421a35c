import { basename, dirname, resolve } from 'node:path';
import { CreateError } from './errors.js';
import {
  guardNameOf,
  isIdentifier,
  parseClient,
  policyNameOf,
  problemOfPackageName,
  type ClientSpec,
} from './names.js';
import { isTemplateName, LICENSES, TEMPLATE_NAMES, type License, type TemplateName } from './templates.js';

/**
 * A project to create.
 * @public
 */
export interface ProjectOptions {
  /** Folder of the project. It must be empty or absent. */
  readonly folder: string;
  /** The kind of client that the adapter guards, or `policy`. */
  readonly template: TemplateName;
  /**
   * Name of the package.
   * @defaultValue the name of the folder
   */
  readonly name?: string | undefined;
  /**
   * Package of the guarded client, with a range of versions if wanted: `superagent@^10.2.0`. Not for a policy.
   * @defaultValue none; the project guards an example client only
   */
  readonly client?: string | undefined;
  /**
   * Name of the guard function. Not for a policy.
   * @defaultValue `guard` and the name of the client or of the package
   */
  readonly guard?: string | undefined;
  /**
   * Description of the package, one line.
   * @defaultValue a sentence with the name of the client
   */
  readonly description?: string | undefined;
  /**
   * Author of the package: a name, with `<e-mail>` after it if wanted.
   * @defaultValue none
   */
  readonly author?: string | undefined;
  /**
   * License of the package, an SPDX identifier.
   * @defaultValue 'MIT'
   */
  readonly license?: License | undefined;
}

/** A project with all values checked and set. */
export interface Project {
  readonly folder: string;
  readonly template: TemplateName;
  readonly name: string;
  readonly client: ClientSpec | undefined;
  /** Name of the guard function or of the policy. */
  readonly exported: string;
  readonly description: string;
  readonly author: string | undefined;
  readonly license: License;
}

const KEYS = ['folder', 'template', 'name', 'client', 'guard', 'description', 'author', 'license'];
const MAX_TEXT = 200;

const list = (values: readonly string[]): string => values.map((value) => `"${value}"`).join(', ');
const quote = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value);

/** What is wrong with one answer; undefined if it is right. The texts serve flags, questions and `createProject`. */
export const PROBLEMS = {
  folder: (value: string) =>
    value.trim() === '' || value.includes('\0') ? 'allowed is the path of a folder' : undefined,
  template: (value: string) => (isTemplateName(value) ? undefined : `allowed is one of ${list(TEMPLATE_NAMES)}`),
  name: problemOfPackageName,
  client: (value: string) =>
    parseClient(value)
      ? undefined
      : 'allowed is a package of npm, with a range if wanted, such as "superagent@^10.2.0"',
  guard: (value: string) =>
    isIdentifier(value)
      ? undefined
      : 'allowed is the name of a function, such as "guardAcme", of at most 40 letters, digits and "_"',
  description: problemOfText,
  author: problemOfText,
  license: (value: string) => (LICENSES.includes(value as License) ? undefined : `allowed is one of ${list(LICENSES)}`),
} as const;

function problemOfText(value: string): string | undefined {
  return value.length > MAX_TEXT || /[\u0000-\u001f\u007f\u2028\u2029]/.test(value)
    ? `allowed is one line of at most ${MAX_TEXT} characters`
    : undefined;
}

/** Name of the package that a folder suggests; undefined if it is no name of npm. */
export function nameOfFolder(folder: string): string | undefined {
  const path = resolve(folder);
  const parent = basename(dirname(path));
  // A user who writes `@acme/name` means the package and not only the folder in it.
  const scope = parent.startsWith('@') ? `${parent}/` : '';
  const name = (scope + basename(path)).toLowerCase().replace(/\s+/g, '-');
  return problemOfPackageName(name) === undefined ? name : undefined;
}

/**
 * Checks the options of a project and sets the defaults.
 * @throws CreateError that names the option, its value and what is allowed.
 */
export function resolveProject(options: ProjectOptions): Project {
  for (const key of Object.keys(options))
    if (!KEYS.includes(key)) throw new CreateError(`${key} is unknown; allowed are ${KEYS.join(', ')}.`);
  for (const [key, problemOf] of Object.entries(PROBLEMS)) {
    const value: unknown = options[key as keyof ProjectOptions];
    if (value === undefined && key !== 'folder' && key !== 'template') continue;
    const problem = typeof value === 'string' ? problemOf(value) : 'allowed is a string';
    if (problem !== undefined) throw new CreateError(`${key} is ${quote(value)}; ${problem}.`);
  }
  const { folder, template, author, license = 'MIT' } = options;
  const name = options.name ?? nameOfFolder(folder);
  if (name === undefined) {
    const problem = problemOfPackageName('') ?? '';
    throw new CreateError(`The folder ${quote(folder)} gives no name for the package, so name is needed; ${problem}.`);
  }
  if (template === 'policy') {
    for (const key of ['client', 'guard'] as const)
      if (options[key] !== undefined) throw new CreateError(`${key} is for adapters; a policy guards every client.`);
  }
  const client = options.client === undefined ? undefined : parseClient(options.client);
  if (client?.name === name)
    throw new CreateError(`name is ${quote(name)}, which is the client; name your own package.`);
  const isPolicy = template === 'policy';
  return {
    folder,
    template,
    name,
    client,
    exported: isPolicy ? policyNameOf(name) : (options.guard ?? guardNameOf(client?.name ?? name)),
    description: options.description?.trim() || defaultDescription(isPolicy, client),
    author: author?.trim() || undefined,
    license,
  };
}

function defaultDescription(isPolicy: boolean, client: ClientSpec | undefined): string {
  if (isPolicy) return 'A policy for Holdline.';
  return client ? `A Holdline adapter for ${client.name}.` : 'A Holdline adapter.';
}
