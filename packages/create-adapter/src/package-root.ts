import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of this package. Both `src/` and `dist/` are directly below it. */
export const ROOT: string = fileURLToPath(new URL('..', import.meta.url));

/** Version of this package, which is that of all packages of Holdline. */
export function readVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
