import { createHoldline, type Holdline, type HoldlineConfig, isHoldline } from '@holdline/core';
import { lineOf, usageError } from '../terminal/errors.js';
import { configPath } from './find-config.js';
import { type ConfigModule, readConfigFile, settled } from './read-file.js';

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

const FORMS = 'a configuration, a line, or a function that returns one of them (as default export or as `config`)';

/**
 * Loads the configuration in `given`, or the nearest `holdline.config.*`, and makes its line.
 *
 * @throws CommandError with the exit code 2 if the file is missing, cannot be loaded, or holds something else.
 */
export async function loadConfig(given: string | undefined, directory: string): Promise<LoadedConfig> {
  const path = configPath(given, directory);
  if (path === undefined) return makeLine(undefined, {}, {});
  const { value, module } = await readConfigFile(path);
  if (typeof value !== 'object' || value === null) throw usageError(`${path} must export ${FORMS}.`);
  return makeLine(path, value, module);
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
  const { setup } = module;
  try {
    if (typeof setup === 'function') {
      const made = await settled(
        () => (setup as (line: Holdline) => unknown)(line),
        (reason) => `setup() of ${path ?? 'the configuration'} failed: ${reason}`,
      );
      clients = [clients, made];
    }
  } catch (error) {
    await close();
    throw error;
  }
  const hasClients = module.clients !== undefined || module.setup !== undefined;
  return { path, config, line, clients, hasClients, close };
}
