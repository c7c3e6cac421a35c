import { type Finding, finding } from '../finding.js';
import { counted, listed } from '../../terminal/words.js';
import { groupBy } from '../group-by.js';
import { KNOWN_DEFECTS, type KnownDefect } from './known-defects.js';
import { copiesOf, describeCopy, type InstalledPackage, type Project } from './packages.js';
import { compareVersions, isIn } from './version.js';

/** Newest versions on which the facts were measured. */
const NEWEST_MEASURED: Record<string, string> = {
  'purecloud-platform-client-v2': '262.0.0',
  'genesys-cloud-streaming-client': '19.4.1',
  '@nice-devone/core-sdk': '25.1.2',
};

/** Versions that `doctor` reports, whether or not they have a defect. */
const REPORTED = [
  'purecloud-platform-client-v2',
  '@nice-devone/',
  'genesys-cloud-streaming-client',
  'genesys-cloud-webrtc-sdk',
  'axios',
  'undici',
  'node-fetch',
  '@holdline/',
];

/** The SDKs, HTTP clients and packages of Holdline in a project. */
export function reportedVersions(project: Project): InstalledPackage[] {
  return REPORTED.flatMap((name) => copiesOf(project, name)).sort((a, b) => a.name.localeCompare(b.name));
}

/** A known defect and the installed copies that have it. */
interface FoundDefect extends KnownDefect {
  readonly copies: readonly InstalledPackage[];
}

/**
 * Known defects of the installed SDKs. Those that a package of Holdline in the project works around become one finding for each SDK, because
 * there is nothing to do except to guard the client.
 */
export function checkDefects(project: Project): Finding[] {
  const defects = KNOWN_DEFECTS.map((defect): FoundDefect => {
    const copies = copiesOf(project, defect.package).filter(({ version }) => isIn(version, defect.versions));
    return { ...defect, copies };
  }).filter(({ copies }) => copies.length > 0);
  const isGuarded = ({ remedy }: KnownDefect): boolean => remedy !== undefined && copiesOf(project, remedy).length > 0;
  const found = defects
    .filter((defect) => !isGuarded(defect))
    .map(({ severity, what, copies, why, fix, source }) =>
      finding({ severity, check: 'known-defect', what, where: copies.map(describeCopy), why, fix, source }),
    );
  for (const [remedy, group] of groupBy(defects.filter(isGuarded), (defect) => defect.remedy ?? ''))
    found.push(workedAround(remedy, group));
  const untested = Object.entries(NEWEST_MEASURED).flatMap(([name, newest]) =>
    copiesOf(project, name).filter(({ version }) => compareVersions(version, newest) > 0),
  );
  if (untested.length > 0)
    found.push(
      finding({
        severity: 'info',
        check: 'unknown-version',
        what: 'An SDK is newer than the versions whose defects are known.',
        where: untested.map(describeCopy),
        why: 'Its defects may differ from those that Holdline works around.',
        fix: `Known are ${Object.entries(NEWEST_MEASURED)
          .map(([name, newest]) => `${name} up to ${newest}`)
          .join(', ')}.`,
      }),
    );
  return [...found, ...checkAxiosAge(project)];
}

function workedAround(remedy: string, defects: readonly FoundDefect[]): Finding {
  const [first] = defects as [FoundDefect, ...FoundDefect[]];
  const copies = new Set(defects.flatMap((defect) => defect.copies.map(describeCopy)));
  return finding({
    severity: 'info',
    check: 'known-defect',
    what: `${remedy} works around ${counted(defects.length, 'known defect')} of ${listed([...copies])}, for guarded clients.`,
    where: defects.map(({ what }) => what),
    why: 'A client that is not guarded still has them.',
    fix: first.fix,
    source: first.source,
  });
}

function checkAxiosAge(project: Project): Finding[] {
  const old = copiesOf(project, 'axios').filter(({ version }) => compareVersions(version, '1.7.0') < 0);
  if (old.length === 0 || copiesOf(project, '@holdline/axios').length === 0) return [];
  return [
    finding({
      severity: 'warning',
      check: 'axios-version',
      what: 'A copy of axios is older than 1.7.',
      where: old.map(describeCopy),
      why: 'guardAxios works with axios 1.7 and later.',
      fix: 'Update axios, also where a dependency brings it.',
      source: '@holdline/axios, README',
    }),
  ];
}

/** Several copies of axios, or of the core of Holdline. */
export function checkCopies(project: Project): Finding[] {
  const findings: Finding[] = [];
  const axios = copiesOf(project, 'axios');
  if (axios.length > 1)
    findings.push(
      finding({
        severity: 'warning',
        check: 'several-axios',
        what: `The project has ${axios.length} copies of axios.`,
        where: axios.map(describeCopy),
        why: 'Interceptors, defaults and retry plugins of one copy do nothing in the others. Each copy has connections of its own.',
        fix: 'Attach Holdline to each instance or SDK that you use; guards do not depend on the copy. Or let one version satisfy all.',
        source: '@holdline/axios, README: any number of copies of axios',
      }),
    );
  const cores = copiesOf(project, '@holdline/core');
  const versions = new Set(cores.map(({ version }) => version));
  if (cores.length > 1)
    findings.push(
      finding({
        severity: versions.size > 1 ? 'warning' : 'info',
        check: 'several-cores',
        what: `The project has ${cores.length} copies of @holdline/core.`,
        where: cores.map(describeCopy),
        why: 'Copies share clients, call infos and contexts. Lines of different versions may disagree about options.',
        fix: 'Install one version of all packages of Holdline.',
        source: 'ARCHITECTURE.md of Holdline: state that copies of the package share',
      }),
    );
  return findings;
}
