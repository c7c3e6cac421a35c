import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, finding } from '../doctor/finding.js';
import { listed } from '../terminal/words.js';
import { type ContractPackage, isScript, type Manifest, shortPath } from './contract-package.js';
import { LIMITS, scanImports, type ScannedImports } from './imports.js';

/** What a contract tests. */
export type ContractKind = 'adapter' | 'policy';

/** Facts besides the package that its claims have to agree with. */
export interface ContractFacts {
  /** Kinds of what the contract file exports; undefined if it could not be loaded. */
  readonly kinds: readonly ContractKind[] | undefined;
  /** Versions of the contracts that the kit runs. */
  readonly versions: Readonly<Record<ContractKind, number>>;
}

type Wrong = Pick<Finding, 'check' | 'what' | 'why' | 'fix'> & Partial<Pick<Finding, 'where' | 'severity'>>;

const KEYWORDS = { adapter: 'holdline-adapter', policy: 'holdline-policy' } as const;

/** Checks what a package claims and contains. Reads files only. */
export function checkPackage(pkg: ContractPackage, facts: ContractFacts): Finding[] {
  const scripts = pkg.entries
    .filter(({ path, conditions }) => isScript(path) && !conditions.includes('types'))
    .map(({ path }) => join(pkg.directory, path));
  const imports = scanImports([...new Set([...scripts, pkg.entry])]);
  return [
    ...checkKeywords(pkg, facts),
    ...checkClaim(pkg, facts),
    ...checkCore(pkg, imports),
    ...checkImports(pkg, imports),
    ...checkEntries(pkg, imports),
    ...checkFiles(pkg),
  ].map((wrong) => finding({ severity: 'error', where: [], ...wrong }));
}

function checkKeywords({ manifest }: ContractPackage, { kinds }: ContractFacts): Wrong[] {
  const keywords: unknown[] = Array.isArray(manifest.keywords) ? manifest.keywords : [];
  const wanted = kinds ?? (keywords.includes(KEYWORDS.policy) ? ['policy' as const] : ['adapter' as const]);
  const missing = [...new Set(wanted)].map((kind) => KEYWORDS[kind]).filter((keyword) => !keywords.includes(keyword));
  return missing.map((keyword) => ({
    check: 'keyword',
    what: `The keywords of package.json lack '${keyword}'.`,
    why: 'Users find packages for Holdline by this keyword.',
    fix: `Add "${keyword}" to the keywords.`,
  }));
}

function checkClaim({ manifest }: ContractPackage, { kinds, versions }: ContractFacts): Wrong[] {
  const isPolicy = kinds !== undefined && !kinds.includes('adapter');
  const version = isPolicy ? versions.policy : versions.adapter;
  const example = isPolicy
    ? `"holdline": { "contract": ${version} }`
    : `"holdline": { "client": "name of the client's package", "versions": ">=1.0.0 <2", "contract": ${version} }`;
  const why = 'Users and the list of adapters read there what the package was tested with.';
  const claim = manifest.holdline;
  if (typeof claim !== 'object' || claim === null)
    return [{ check: 'claim', what: 'package.json has no field holdline.', why, fix: `Add ${example}.` }];
  const { client, versions: range, contract } = claim as Record<string, unknown>;
  const wrong: Wrong[] = [];
  if (!isPolicy)
    for (const [key, value] of [['client', client] as const, ['versions', range] as const])
      if (typeof value !== 'string' || value === '')
        wrong.push({
          check: 'claim',
          // A package that nobody can publish does not mislead anybody.
          severity: manifest.private === true ? 'warning' : 'error',
          what: `The field holdline.${key} of package.json must be a text that is not empty.`,
          why,
          fix: `The whole field looks like this: ${example}.`,
        });
  if (contract !== version)
    wrong.push({
      check: 'claim',
      what:
        typeof contract === 'number'
          ? `package.json says that the package passes version ${contract} of the contract. The installed @holdline/adapter-kit runs version ${version}.`
          : 'The field holdline.contract of package.json must be a number.',
      why: 'The number tells which cases the package has passed.',
      fix: `When all cases pass, write "contract": ${version}.`,
    });
  return wrong;
}

function checkCore({ directory, manifest }: ContractPackage, { packages, withCore, unread }: ScannedImports): Wrong[] {
  const wrong: Wrong[] = [];
  const core = '@holdline/core';
  const uses = [...packages.keys()].filter((name) => name.startsWith('@holdline/'));
  if (!(core in dependenciesOf(manifest)) && (uses.length === 0 || uses.includes(core)))
    wrong.push({
      check: 'core-dependency',
      what: `${core} is neither a dependency nor a peer dependency.`,
      why: 'A user installs the package alone, and its first import fails. Development dependencies are not installed.',
      fix: `Add "${core}" to the peerDependencies, or to the dependencies.`,
    });
  if (withCore.length > 0)
    wrong.push({
      check: 'core-bundled',
      what: `The build contains the code of ${core}.`,
      where: withCore.map((path) => shortPath(directory, path)),
      why: 'The package then stays at this version of core, and users load core twice.',
      fix: `Tell the bundler that ${core} is external. Most bundlers do so for dependencies and peer dependencies.`,
    });
  else if (uses.length === 0 && unread.length === 0)
    wrong.push({
      check: 'core-unused',
      what: 'The build imports no package of Holdline.',
      why: 'An adapter is made by defineAdapter of @holdline/core, and a policy by definePolicy.',
      fix: 'Check that package.json names the right files.',
    });
  return wrong;
}

function checkImports({ directory, manifest }: ContractPackage, { packages }: ScannedImports): Wrong[] {
  const { client } = (manifest.holdline ?? {}) as { client?: unknown };
  const installed = dependenciesOf({ ...manifest, peerDependencies: {} });
  const peers = Object.keys(recordOf(manifest.peerDependencies));
  const wrong: Wrong[] = [];
  for (const [name, paths] of packages) {
    const where = paths.slice(0, 20).map((path) => shortPath(directory, path));
    const isOurs = name.startsWith('@holdline/');
    if (name === client || (!isOurs && peers.includes(name)))
      wrong.push({
        check: 'imports-client',
        what:
          name === client
            ? `The build imports its client ${name}.`
            : `The build imports ${name}, a peer dependency, as a client is.`,
        where,
        why: 'A user may have a second copy of the client, or another version. An adapter that imports one copy does not guard the other.',
        fix: 'Take the client as an argument, and describe the members that the adapter uses in an interface.',
      });
    else if (!(name in installed) && !peers.includes(name) && name !== manifest.name && name !== '@holdline/core')
      wrong.push({
        check: 'undeclared-import',
        what: `The build imports ${name}, which is not a dependency of the package.`,
        where,
        why: 'A user who installs the package alone does not have it.',
        fix: `Add ${name} to the dependencies, or bundle it.`,
      });
  }
  if (typeof client === 'string' && client in installed)
    wrong.push({
      check: 'client-dependency',
      what: `The client ${client} is a dependency of the package.`,
      why: 'Package managers then install a copy of the client besides that of the user.',
      fix: `Move ${client} to the peerDependencies, or to the devDependencies.`,
    });
  return wrong;
}

function checkEntries({ directory, manifest, entries }: ContractPackage, { broken, unread }: ScannedImports): Wrong[] {
  const wrong: Wrong[] = [];
  const missing = entries.filter(({ path }) => !existsSync(join(directory, path)));
  if (missing.length > 0)
    wrong.push({
      check: 'missing-files',
      what: `package.json names ${missing.length === 1 ? 'a file that does' : 'files that do'} not exist.`,
      where: missing.map(({ where, path }) => `${where}: ${path}`),
      why: 'An import of the package fails for some users.',
      fix: 'Build the package, or correct the paths.',
    });
  if (broken.length > 0)
    wrong.push({
      check: 'broken-import',
      what: 'The build imports files that do not exist.',
      where: broken.slice(0, 20).map((text) => shortPath(directory, text)),
      why: 'An import of the package fails.',
      fix: 'Build the package again.',
    });
  if (unread.length > 0)
    wrong.push({
      check: 'too-large',
      severity: 'warning',
      what: `The build has scripts of more than ${LIMITS.bytes / 1e6} MB. Their imports are not checked.`,
      where: unread.slice(0, 20).map((path) => shortPath(directory, path)),
      why: 'An adapter is small. Such a script usually contains its client or @holdline/core.',
      fix: 'Tell the bundler that the client and @holdline/core are external.',
    });
  const isModule = ({ path, conditions }: (typeof entries)[number]): boolean =>
    path.endsWith('.mjs') || (path.endsWith('.js') && manifest.type === 'module' && !conditions.includes('types'));
  if (!entries.some(isModule))
    wrong.push({
      check: 'no-module',
      severity: 'warning',
      what: 'package.json names no ES module.',
      why: 'Bundlers cannot remove unused parts of a CommonJS package, and some users have ES modules only.',
      fix: 'Build an ES module, and name it in exports with the condition import.',
    });
  if (!entries.some(({ path }) => /\.d\.[cm]?ts$/.test(path)))
    wrong.push({
      check: 'no-types',
      what: 'package.json names no types.',
      why: 'In TypeScript, an import of the package is an error or has the type any.',
      fix: 'Add types to exports. For plain JavaScript, tsc writes them from JSDoc comments: tsc --allowJs --declaration --emitDeclarationOnly.',
    });
  return wrong;
}

function checkFiles({ directory, manifest }: ContractPackage): Wrong[] {
  const names = readdirSync(directory);
  const wrong: Wrong[] = [];
  if (!names.some((name) => /^readme(\.|$)/i.test(name)))
    wrong.push({
      check: 'no-readme',
      what: 'The package has no README.',
      why: 'Users read there which client it guards, with which versions, and what the contract left out.',
      fix: 'Write a README.md.',
    });
  if (!names.some((name) => /^licen[cs]e(\.|$)/i.test(name)) || typeof manifest.license !== 'string')
    wrong.push({
      check: 'no-license',
      what: `The package has no ${listed([...(names.some((name) => /^licen[cs]e/i.test(name)) ? [] : ['LICENSE file']), ...(typeof manifest.license === 'string' ? [] : ['field license'])])}.`,
      why: 'Without a license nobody may use the package.',
      fix: 'Add a LICENSE file, and name the license in package.json.',
    });
  return wrong;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Everything that a package manager installs with a package, or expects besides it. */
function dependenciesOf({ dependencies, peerDependencies, optionalDependencies }: Manifest): Record<string, unknown> {
  return { ...recordOf(dependencies), ...recordOf(peerDependencies), ...recordOf(optionalDependencies) };
}
