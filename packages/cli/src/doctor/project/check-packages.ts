import { type Finding, finding } from '../finding.js';
import { KNOWN_DEFECTS } from './known-defects.js';
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

/** Known defects of the installed SDKs. A defect that a package of Holdline in the project works around is information. */
export function checkDefects(project: Project): Finding[] {
  const found = KNOWN_DEFECTS.flatMap((defect): Finding[] => {
    const copies = copiesOf(project, defect.package).filter(({ version }) => isIn(version, defect.versions));
    if (copies.length === 0) return [];
    const guarded = defect.remedy !== undefined && copiesOf(project, defect.remedy).length > 0;
    return [
      finding({
        severity: guarded ? 'info' : defect.severity,
        check: 'known-defect',
        what: defect.what,
        where: copies.map(describeCopy),
        why: defect.why,
        fix: guarded ? `${defect.remedy ?? ''} works around it for guarded clients. ${defect.fix}` : defect.fix,
        source: defect.source,
      }),
    ];
  });
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
