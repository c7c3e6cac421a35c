import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AdapterUnderTest, PolicyUnderTest } from '@holdline/adapter-kit';
import type { Clock } from '@holdline/core';
import { importFile, settled } from '../config/read-file.js';
import { usageError } from '../terminal/errors.js';
import { listed } from '../terminal/words.js';
import type { ContractPackage } from './contract-package.js';

/** What a contract file exports, by kind. */
export type Subject =
  | { readonly kind: 'adapter'; readonly adapter: AdapterUnderTest }
  | { readonly kind: 'policy'; readonly policy: PolicyUnderTest };

const NAMES = ['adapter.contract', 'policy.contract'].flatMap((name) =>
  ['mjs', 'js', 'cjs', 'ts', 'mts'].map((ending) => `${name}.${ending}`),
);

const FORMS =
  'an adapter under test (name, guard, connect), a policy under test (name, create), a function that takes the loaded package and returns one, or a list of them (as default export, as `adapter` or as `policy`)';

/**
 * Finds the contract file of a package.
 *
 * @throws CommandError with the exit code 2 if there is none.
 */
export function findContractFile(given: string | undefined, { directory }: ContractPackage, cwd: string): string {
  if (given !== undefined) {
    const path = resolve(cwd, given);
    if (existsSync(path)) return path;
    throw usageError(`There is no contract file ${path}.`);
  }
  const found = [directory, join(directory, 'test')]
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw usageError(
    `${directory} has no adapter.contract.mjs, .js or .ts, also not in its folder test. It exports ${FORMS}. --contract names another file.`,
  );
}

/**
 * Loads the built package and its contract file.
 *
 * @throws CommandError with the exit code 2 if one of them throws, hangs, or exports something else.
 */
export async function loadSubjects(path: string, { entry }: ContractPackage, clock?: Clock): Promise<Subject[]> {
  const loaded = await settled(
    () => import(pathToFileURL(entry).href) as Promise<Record<string, unknown>>,
    (reason) => `The package cannot be loaded from ${entry}: ${reason}`,
    clock,
  );
  const module = (await settled(
    () => importFile(path),
    (reason) => `The contract file ${path} cannot be loaded: ${reason}`,
    clock,
  )) as Record<string, unknown>;
  const given = exportsOf(module);
  if (given.length === 0) throw usageError(`${path} must export ${FORMS}.`);
  const subjects: Subject[] = [];
  for (const value of given) {
    const made = await settled(
      () => (typeof value === 'function' ? (value as (loaded: object) => unknown)(loaded) : value),
      (reason) => `The function of the contract file ${path} failed: ${reason}`,
      clock,
    );
    for (const one of Array.isArray(made) ? (made as unknown[]) : [made]) subjects.push(subjectOf(one, path, loaded));
  }
  if (subjects.length === 0) throw usageError(`${path} exports an empty list. It must export ${FORMS}.`);
  return subjects;
}

/** The exports that hold what is tested. CommonJS modules and transpiled files nest them in `default`. */
function exportsOf(module: Record<string, unknown>): unknown[] {
  const inner = module['default'];
  const isNested =
    typeof inner === 'object' && inner !== null && ['default', 'adapter', 'policy'].some((key) => key in inner);
  const { default: main, adapter, policy } = (isNested ? inner : module) as Record<string, unknown>;
  const values = [...new Set([main, adapter, policy])].filter((value) => value !== undefined);
  // For a module without a default export, jiti makes one of the whole module.
  return values.filter((value) => value !== module);
}

function subjectOf(value: unknown, path: string, loaded: object): Subject {
  if (typeof value === 'object' && value !== null) {
    if ('guard' in value && typeof value.guard !== 'function')
      throw usageError(
        `${path}: guard must be a function, got ${typeof value.guard}. The package exports ${listed(Object.keys(loaded)) || 'nothing'}.`,
      );
    if ('guard' in value || 'connect' in value) return { kind: 'adapter', adapter: value as AdapterUnderTest };
    if ('create' in value) return { kind: 'policy', policy: value as PolicyUnderTest };
  }
  throw usageError(`${path} exports something else than ${FORMS}.`);
}
