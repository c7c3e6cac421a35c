import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '@holdline/core';

/**
 * Reads a scenario or a configuration: JSON, or the default export of a module in TypeScript or JavaScript. A function is called.
 *
 * @throws ConfigError that names the file.
 */
export async function loadFile(file: string, directory: string): Promise<object> {
  const path = resolve(directory, file);
  let value: unknown;
  try {
    value = await readValue(path);
    if (typeof value === 'function') value = await (value as () => unknown)();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new ConfigError(`the file ${file} cannot be read: ${reason ?? ''}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(`the file ${file} must have an object, as JSON or as its default export`);
  return value;
}

async function readValue(path: string): Promise<unknown> {
  const ending = extname(path);
  if (ending === '.json') return JSON.parse(await readFile(path, 'utf8')) as unknown;
  if (ending === '.ts' || ending === '.mts' || ending === '.cts') {
    const { createJiti } = await import('jiti');
    return createJiti(path, { fsCache: false }).import(path, { default: true });
  }
  const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  return module.default;
}
