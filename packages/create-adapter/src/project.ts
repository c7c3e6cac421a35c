import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CreateError, EXIT } from './errors.js';
import { licenseText } from './licenses.js';
import { buildManifest } from './manifest.js';
import { resolveProject, type Project, type ProjectOptions } from './options.js';
import { escapeMarkdown, render, type Values } from './render.js';
import { readVersion, ROOT } from './package-root.js';

/**
 * A project that was created.
 * @public
 */
export interface CreatedProject {
  /** Absolute path of its folder. */
  readonly folder: string;
  /** Name of the package. */
  readonly name: string;
  /** Paths of its files inside the folder, in alphabetical order. */
  readonly files: readonly string[];
}

/** Folders of templates whose files a project gets. A later folder overrides an earlier one. */
const foldersOf = ({ template }: Project): string[] =>
  template === 'policy' ? ['common', 'policy'] : ['common', 'adapter', template];

/**
 * Creates a project with an adapter or a policy. The project lints, builds and passes its contract as it is.
 *
 * @param options - The project. All keys but `folder` and `template` have a default.
 * @throws CreateError if an option is wrong, or if the folder is not empty or cannot be written. Then nothing is left behind.
 * @example
 * ```ts
 * import { createProject } from '@holdline/create-adapter';
 *
 * const { files } = await createProject({ folder: 'holdline-superagent', template: 'function-client', client: 'superagent@^10.2.0' });
 * console.log(files);
 * ```
 * @public
 */
export async function createProject(options: ProjectOptions): Promise<CreatedProject> {
  const project = await withFreeName(resolveProject(options));
  const folder = resolve(project.folder);
  const isNew = await refuseUsedFolder(folder);
  const files = await buildFiles(project, readVersion(), new Date().getFullYear());
  const written: string[] = [];
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      // A file that appeared in the meantime stays as it is.
      await writeFile(join(folder, path), text, { flag: 'wx' });
      written.push(path);
    }
  } catch (error) {
    for (const path of isNew ? [''] : written) await rm(join(folder, path), { recursive: true, force: true });
    throw new CreateError(`The project cannot be written: ${(error as Error).message}`, EXIT.failed);
  }
  return { folder, name: project.name, files: [...files.keys()] };
}

/**
 * Checks that a folder is empty or absent. A folder with a new Git repository counts as empty.
 * @returns whether it is absent.
 * @throws CreateError if it is not empty, or is no folder.
 */
export async function refuseUsedFolder(folder: string): Promise<boolean> {
  let found: string[];
  try {
    found = await readdir(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    throw new CreateError(
      code === 'ENOTDIR' ? `${folder} is a file; name another folder.` : `The folder cannot be read: ${message}`,
      EXIT.failed,
    );
  }
  const others = found.filter((name) => name !== '.git');
  if (others.length === 0) return false;
  const shown = others.slice(0, 3).join(', ') + (others.length > 3 ? ' and more' : '');
  throw new CreateError(
    `The folder ${folder} is not empty: it has ${shown}. Name another folder, or empty this one.`,
    EXIT.failed,
  );
}

/** The scripts of a template, as they are stored. */
async function readScripts(project: Project): Promise<string[]> {
  const texts: string[] = [];
  for (const template of foldersOf(project)) {
    const from = join(ROOT, 'templates', template);
    for (const path of await readdir(from, { recursive: true }))
      if (path.endsWith('.ts')) texts.push(await readFile(join(from, path), 'utf8'));
  }
  return texts;
}

/** Comments and texts, in which a name harms nothing. */
const TEXT_OR_COMMENT = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/[^\n]*|\/\*[^]*?\*\//g;

/** A script with two things of one name does not compile. So the user's name must not be one of its template's own names. */
async function withFreeName(project: Project): Promise<Project> {
  const { exported, template } = project;
  const word = new RegExp(`(?<![\\w$])${exported}(?![\\w$])`);
  const scripts = await readScripts(project);
  if (!scripts.some((text) => word.test(text.replace(TEXT_OR_COMMENT, ' ')))) return project;
  if (template === 'policy') return { ...project, exported: `${exported}Policy` };
  throw new CreateError(`guard is "${exported}", a name that the files of the template use themselves; name another.`);
}

/** Builds all files of a project: texts by path, in alphabetical order. */
export async function buildFiles(project: Project, version: string, year: number): Promise<Map<string, string>> {
  const values = valuesOf(project);
  const files = new Map<string, string>();
  for (const template of foldersOf(project)) {
    const from = join(ROOT, 'templates', template);
    for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      // npm does not pack files such as .gitignore, so the templates have `_` in place of the dot.
      const target = path
        .slice(from.length + 1)
        .split(/[\\/]/)
        .map((part) => part.replace(/^_/, '.'))
        .join('/');
      files.set(target, render(await readFile(path, 'utf8'), values));
    }
  }
  files.set('package.json', `${JSON.stringify(buildManifest(project, version), null, 2)}\n`);
  const holder = project.author?.replace(/\s*<.*$/, '') ?? `The authors of ${project.name}`;
  files.set('LICENSE', licenseText(project.license, holder, year));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function valuesOf({ name, exported, client, description }: Project): Values {
  return {
    name,
    guard: exported,
    policy: exported,
    policyName: name.replace(/^@[^/]*\//, ''),
    theClient: client ? `\`${client.name}\`` : 'your client',
    install: [name, '@holdline/core', ...(client ? [client.name] : [])].join(' '),
    description: escapeMarkdown(description),
  };
}
