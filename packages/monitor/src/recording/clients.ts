import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages whose version matters for known defects and second retry layers. */
const KNOWN = [
  'purecloud-platform-client-v2',
  'purecloud-guest-chat-client',
  'axios',
  'axios-retry',
  'retry-axios',
  'bottleneck',
  'cockatiel',
  'got',
  'ky',
  'node-fetch',
  'opossum',
  'p-queue',
  'p-retry',
  'superagent',
  'undici',
  'ws',
];

const SCOPES = ['@holdline', '@nice-devone'];
const PREFIX = 'genesys-cloud-';
/** Number of packages of a scope or prefix that are listed. */
const MAX_LISTED = 50;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function versionIn(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version.slice(0, 80) : undefined;
  } catch {
    return undefined;
  }
}

/** Finds the versions of known clients in `node_modules` of a folder. */
export function findClients(folder: string): Record<string, string> {
  const modules = join(folder, 'node_modules');
  const listed = SCOPES.flatMap((scope) =>
    namesIn(join(modules, scope))
      .slice(0, MAX_LISTED)
      .map((name) => `${scope}/${name}`),
  );
  const prefixed = namesIn(modules)
    .filter((name) => name.startsWith(PREFIX))
    .slice(0, MAX_LISTED);
  const clients: Record<string, string> = {};
  for (const name of [...KNOWN, ...prefixed, ...listed]) {
    const version = versionIn(join(modules, name));
    if (version !== undefined) clients[name] = version;
  }
  return clients;
}
