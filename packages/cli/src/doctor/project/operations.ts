import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copiesOf, type Project } from './packages.js';

/** One operation of a platform. */
export interface Operation {
  readonly method: string;
  /** With `:id` for each parameter. */
  readonly path: string;
}

/** Where the SDK of Genesys Cloud has its operations. Each file holds the calls of one API class. */
const API_FOLDER = 'src/purecloud-platform-client-v2/api';

/** The operations of the newest installed SDK of Genesys Cloud; empty without one. */
export function readOperations(project: Project): { operations: Operation[]; source: string } {
  const [sdk] = copiesOf(project, 'purecloud-platform-client-v2').sort((a, b) =>
    b.version.localeCompare(a.version, 'en', { numeric: true }),
  );
  if (!sdk) return { operations: [], source: '' };
  const folder = join(sdk.path, API_FOLDER);
  const found = new Map<string, Operation>();
  try {
    for (const file of readdirSync(folder)) {
      if (!file.endsWith('.js')) continue;
      for (const [, path = '', method = ''] of readFileSync(join(folder, file), 'utf8').matchAll(
        /callApi\(\s*'([^']+)',\s*'([A-Z]+)'/g,
      )) {
        const operation = { method, path: path.replace(/\{[^}]+\}/g, ':id') };
        found.set(`${operation.method} ${operation.path}`, operation);
      }
    }
  } catch {
    // This version has its sources elsewhere. Patterns are then not compared.
  }
  return { operations: [...found.values()], source: `operations of purecloud-platform-client-v2 ${sdk.version}` };
}
