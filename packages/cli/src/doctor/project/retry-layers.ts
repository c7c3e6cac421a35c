import { type Finding, finding, type Severity } from '../finding.js';
import type { InstalledPackage, Project } from './packages.js';
import { describeCopy } from './packages.js';

interface RetryLayer {
  readonly name: string;
  readonly severity: Severity;
  readonly why: string;
  readonly fix: string;
  /** Package of Holdline with which the layer is intended. */
  readonly intendedWith?: string;
}

const MULTIPLY =
  'Retry layers multiply: 3 attempts of one and 4 of the other are 12 requests, and only one of them waits as the platform asks.';
const RESEARCH = 'a run with axios-retry 4.5.0 on axios 1.21.1: 3 attempts and 3 retries made 12 requests';

const layer = (name: string, fix: string, severity: Severity = 'warning', why = MULTIPLY): RetryLayer => ({
  name,
  severity,
  why,
  fix,
});

const LAYERS: readonly RetryLayer[] = [
  layer(
    'axios-retry',
    "Remove it, or set retry: { otherLayer: 'replace' } on the guarded instance. See docs/migrate/axios-retry.md.",
  ),
  layer('retry-axios', 'Remove it from guarded instances. See docs/migrate/retry-axios.md.'),
  ...[
    'p-retry',
    'async-retry',
    'retry',
    'fetch-retry',
    'exponential-backoff',
    'promise-retry',
    'ts-retry-promise',
    'ts-retry',
    'backoff',
  ].map((name) => layer(name, 'Do not wrap guarded calls in it: let the retry policy of the line repeat them.')),
  layer(
    'got',
    'got repeats GETs by itself. Set retry: { limit: 0 } for calls to the platform, or use a guarded fetch.',
  ),
  layer('ky', 'ky repeats requests by itself. Give it a guarded fetch and retry: 0.'),
  layer('superagent', 'Do not call .retry() for calls to the platform.', 'info'),
  {
    ...layer(
      'bottleneck',
      'Let the governor pace the calls, or use @holdline/bottleneck as its engine.',
      'warning',
      'Two limiters add their waits, and neither knows the queue of the other.',
    ),
    intendedWith: '@holdline/bottleneck',
  },
  ...['p-throttle', 'p-limit', 'p-queue', 'limiter', 'axios-rate-limit'].map((name) =>
    layer(
      name,
      'Let the governor pace the calls: quotas, bulkhead and priorities.',
      'info',
      'Two limiters add their waits, and neither knows the queue of the other.',
    ),
  ),
  layer('cockatiel', 'Do not wrap guarded calls in its retry or breaker policies.'),
  {
    ...layer(
      'opossum',
      'Let the breaker of the line decide, or use @holdline/opossum as its engine.',
      'warning',
      'A breaker around a guarded call counts a wait in the queue as a slow call.',
    ),
    intendedWith: '@holdline/opossum',
  },
];

/** Packages that bring a retry layer only for themselves, so that it touches no call of the user. */
const OWN_USE = [/^@nice-devone\//, /^npm$/, /^pnpm$/, /^@npmcli\//, /^genesys-cloud-/];

/**
 * Libraries that retry or pace requests too. A direct dependency is a finding of its own weight; one that another package brings is
 * information, because that package may use it for other things.
 *
 * @param locked - Versions of the lockfile, for what is not installed.
 */
export function checkRetryLayers(project: Project, locked: ReadonlyMap<string, Set<string>>): Finding[] {
  const has = (name: string): boolean => project.packages.some((copy) => copy.name === name);
  return LAYERS.flatMap(({ name, severity, why, fix, intendedWith }): Finding[] => {
    if (intendedWith !== undefined && has(intendedWith)) return [];
    const copies = project.packages.filter((copy) => copy.name === name && !isForOwnUse(copy));
    const isDirect = project.direct.has(name);
    // Tools of the build are none of our business. A bundled application may have its libraries there, so it stays information.
    const isForDevelopment = isDirect && isOnlyForDevelopment(project, name);
    const where =
      copies.length > 0
        ? copies.map(describeCopy)
        : [...(isDirect ? (locked.get(name) ?? ['']) : [])].map((version) => `${name} ${version}`.trim());
    // Indirect copies count only next to calls: a build tool that retries its own downloads is none of our business.
    const matters =
      isDirect ||
      copies.some(({ chain }) => chain.length === 2 && project.manifest.dependencies?.[chain[0] ?? ''] !== undefined);
    if (where.length === 0 || !matters) return [];
    return [
      finding({
        severity: isDirect && !isForDevelopment ? severity : 'info',
        check: 'second-retry-layer',
        what: `${name} is ${isForDevelopment ? 'a development dependency' : isDirect ? 'a dependency of the project' : 'brought by a dependency'}.`,
        where,
        why,
        fix,
        source: why === MULTIPLY ? RESEARCH : undefined,
      }),
    ];
  });
}

function isOnlyForDevelopment({ manifest }: Project, name: string): boolean {
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  return [dependencies, optionalDependencies, peerDependencies].every((list) => list?.[name] === undefined);
}

function isForOwnUse({ chain }: InstalledPackage): boolean {
  return chain.slice(0, -1).some((name) => OWN_USE.some((pattern) => pattern.test(name)));
}
