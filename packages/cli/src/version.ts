import { readFileSync } from 'node:fs';
import { HERE } from './here.js';

/** The version of this package. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', HERE), 'utf8')) as { version: string };
  return version;
}
