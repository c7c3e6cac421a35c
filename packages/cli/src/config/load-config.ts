import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createHoldline, type Holdline, type HoldlineConfig, isHoldline } from '@holdline/core';
import { lineOf, usageError } from '../terminal/errors.js';
import { configPath } from './find-config.js';

/** A loaded configuration, and what its module offers besides. */
export interface LoadedConfig {
  /** Path of the file; undefined if there is none, and the defaults apply. */
  readonly path: string | undefined;
  /** The configuration; undefined if the module exports a line. */
  readonly config: HoldlineConfig | undefined;
  readonly line: Holdline;
  /** Guarded clients of the module, by name or in a list. The line knows them itself; this keeps them alive. */
  readonly clients: unknown;
  /** Whether the module has `clients` or `setup`, so that a client may be able to send. */
  readonly hasClients: boolean;
  /** Closes the line and its store. */
  close(): Promise<void>;
}

/** What a module of a configuration may export. */
interface ConfigModule {
  default?: unknown;
  config?: unknown;
  clients?: unknown;
  setup?: unknown;
}

const FORMS = 'a configuration, a line, or a function that returns one of them (as default export or as `config`)';

async function readModule(path: string): Promise<ConfigModule> {
  const ending = extname(path);
  try {
    if (ending === '.json') return { default: JSON.parse(await readFile(path, 'utf8')) as unknown };
    if (ending === '.ts' || ending === '.mts' || ending === '.cts') {
      const { createJiti } = await import('jiti');
      return await createJiti(path, { fsCache: false }).import<ConfigModule>(path);
    }
    return (await import(pathToFileURL(path).href)) as ConfigModule;
  } catch (error) {
    throw usageError(`The configuration ${path} cannot be loaded: ${lineOf(error)}`);
  }
}

/** The export that holds the configuration. CommonJS modules and transpiled files nest it in `default`. */
function exportOf(module: ConfigModule): { value: unknown; module: ConfigModule } {
  const inner = module.default as ConfigModule | undefined;
  const isNested = typeof inner === 'object' && inner !== null && !isHoldline(inner);
  const nested = isNested && ('default' in inner || 'config' in inner) ? inner : module;
  return { value: nested.default ?? nested.config, module: { ...module, ...(nested as object) } };
}

/**
 * What a file exports as `default` or `config`. A function is called.
 *
 * @throws CommandError with the exit code 2 if the file is missing or cannot be loaded.
 */
export async function readConfigValue(path: string): Promise<unknown> {
  if (!existsSync(path)) throw usageError(`There is no configuration file ${path}.`);
  return valueOf(exportOf(await readModule(path)).value, path);
}

async function valueOf(value: unknown, path: string): Promise<unknown> {
  try {
    return await (typeof value === 'function' ? (value as () => unknown)() : value);
  } catch (error) {
    throw usageError(`The configuration ${path} failed: ${lineOf(error)}`);
  }
}

/**
 * Loads the configuration in `given`, or the nearest `holdline.config.*`, and makes its line.
 *
 * @throws CommandError with the exit code 2 if the file is missing, cannot be loaded, or holds something else.
 */
export async function loadConfig(given: string | undefined, directory: string): Promise<LoadedConfig> {
  const path = configPath(given, directory);
  if (path === undefined) return makeLine(undefined, {}, {});
  const { value, module } = exportOf(await readModule(path));
  const result = await valueOf(value, path);
  if (typeof result !== 'object' || result === null) throw usageError(`${path} must export ${FORMS}.`);
  return makeLine(path, result, module);
}

async function makeLine(path: string | undefined, given: object, module: ConfigModule): Promise<LoadedConfig> {
  const config = isHoldline(given) ? undefined : (given as HoldlineConfig);
  let line: Holdline;
  try {
    line = config === undefined ? (given as Holdline) : createHoldline(config);
  } catch (error) {
    throw usageError(path === undefined ? lineOf(error) : `${path}: ${lineOf(error)}`);
  }
  const store = config?.store as { close?: () => Promise<unknown> | void } | undefined;
  const close = async (): Promise<void> => {
    await line.close();
    await store?.close?.();
  };
  let clients = module.clients;
  try {
    if (typeof module.setup === 'function')
      clients = [clients, await (module.setup as (line: Holdline) => unknown)(line)];
  } catch (error) {
    await close();
    throw usageError(`setup() of ${path ?? 'the configuration'} failed: ${lineOf(error)}`);
  }
  const hasClients = module.clients !== undefined || module.setup !== undefined;
  return { path, config, line, clients, hasClients, close };
}
