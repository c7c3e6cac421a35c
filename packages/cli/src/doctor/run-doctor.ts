import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HoldlineConfig } from '@holdline/core';
import { findConfig } from '../config/find-config.js';
import { type LoadedConfig, loadConfig } from '../config/load-config.js';
import { EXIT, usageError } from '../terminal/errors.js';
import { styleOf } from '../terminal/style.js';
import type { Terminal } from '../terminal/terminal.js';
import { counted } from '../terminal/words.js';
import { checkPatterns } from './config/check-patterns.js';
import { checkPools, loadOf } from './config/check-pools.js';
import type { DoctorReport, Finding } from './finding.js';
import { checkCopies, checkDefects, reportedVersions } from './project/check-packages.js';
import { SourceChecks } from './project/check-sources.js';
import { readLockfile } from './project/lockfile.js';
import { readOperations } from './project/operations.js';
import { copiesOf, describeCopy, hasManifest, type Project, readManifest, readProject } from './project/packages.js';
import { checkRetryLayers } from './project/retry-layers.js';
import { SCAN_LIMITS, scanSources } from './project/sources.js';
import { checkRecording } from './recording/check-recording.js';
import { quantile } from './recording/quantile.js';
import { loadRun } from './recording/load-run.js';
import type { RecordedRun } from './recording/recorded-run.js';
import { renderReport } from './report.js';

/** What `doctor` is asked for. */
export interface DoctorQuestion {
  directory: string | undefined;
  recording?: string;
  config?: string;
  json?: boolean;
}

/** Checks a project and reports. The exit code is 1 if a finding is an error. */
export async function runDoctor(question: DoctorQuestion, terminal: Terminal): Promise<void> {
  const directory = resolve(terminal.cwd, question.directory ?? '.');
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw usageError(`There is no folder ${directory}.`);
  const report = await examine(directory, question, terminal);
  terminal.out(question.json ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report, styleOf(terminal)));
  if (report.findings.some(({ severity }) => severity === 'error')) terminal.exitWith(EXIT.failed);
}

async function examine(directory: string, question: DoctorQuestion, terminal: Terminal): Promise<DoctorReport> {
  const notes: string[] = [];
  const progress = (text: string): void => {
    if (terminal.progress) terminal.err(`${text}\n`);
  };
  const run =
    question.recording === undefined ? undefined : await loadRun(resolve(terminal.cwd, question.recording), notes);
  progress('Reading the dependencies …');
  const project = readProject(directory);
  if (project) noteMissing(project, notes);
  else if (hasManifest(directory))
    notes.push(`The package.json of ${directory} cannot be read, or is damaged: its dependencies were not checked.`);
  else notes.push(`${directory} has no package.json: its dependencies were not checked.`);
  progress('Reading the sources …');
  const sources = new SourceChecks();
  const scan = scanSources(directory, (file) => sources.read(file));
  if (scan.isPartial)
    notes.push(`Only the first ${SCAN_LIMITS.files} source files or ${SCAN_LIMITS.totalBytes / 1e6} MB were read.`);
  if (scan.skipped > 0)
    notes.push(
      `Not read: ${counted(scan.skipped, 'file or folder', 'files and folders')} without permission, or larger than ${SCAN_LIMITS.fileBytes / 1e6} MB.`,
    );
  const loaded = await loadOwnConfig(directory, question.config, terminal.cwd, notes);
  try {
    const configFindings = await checkConfig(loaded, project, notes);
    const load = loadOf(loaded?.config, run && p95Of(run));
    return {
      directory,
      versions: project ? reportedVersions(project).map(describeCopy) : [],
      findings: [
        ...(project ? checkProject(project) : []),
        ...sources.findings(),
        ...configFindings,
        ...checkPools(loaded?.config, sources.sockets, load),
        ...(run ? checkRecording(run) : []),
      ].sort((a, b) => RANK[a.severity] - RANK[b.severity]),
      recording: run && { calls: run.calls.length, requests: run.requests, skipped: run.skipped },
      notes,
    };
  } finally {
    await loaded?.close();
  }
}

const RANK = { error: 0, warning: 1, info: 2 } as const;

function checkProject(project: Project): Finding[] {
  const locked = readLockfile(project.directory)?.packages ?? new Map<string, Set<string>>();
  return [...checkDefects(project), ...checkCopies(project), ...checkRetryLayers(project, locked)];
}

function noteMissing({ directory, manifest, missing, direct }: Project, notes: string[]): void {
  if (manifest.workspaces !== undefined || existsSync(join(directory, 'pnpm-workspace.yaml')))
    notes.push(
      'The project is a workspace: dependencies of its packages were not checked. Run holdline doctor for each of their folders.',
    );
  if (existsSync(join(directory, '.pnp.cjs')))
    notes.push('The project uses Plug’n’Play of Yarn, which has no node_modules: versions were not checked.');
  else if (missing.length > 0 && missing.length === direct.size)
    notes.push(
      'No dependency is installed: versions and known defects were not checked. Run the install of your package manager first.',
    );
  else if (missing.length > 0) notes.push(`Not installed, and not checked: ${missing.slice(0, 10).join(', ')}.`);
}

/** The configuration of the project; undefined if there is none. */
async function loadOwnConfig(
  directory: string,
  given: string | undefined,
  cwd: string,
  notes: string[],
): Promise<LoadedConfig | undefined> {
  if (given !== undefined) return loadConfig(given, cwd);
  const path = findConfig(directory);
  if (path !== undefined) return loadConfig(path, directory);
  notes.push('There is no holdline.config.*: endpoint patterns and pools were not checked.');
  return undefined;
}

async function checkConfig(
  loaded: LoadedConfig | undefined,
  project: Project | undefined,
  notes: string[],
): Promise<Finding[]> {
  if (!loaded) return [];
  if (!loaded.config) {
    notes.push(
      `${loaded.path ?? ''} exports a line, whose endpoint patterns cannot be read: export its configuration.`,
    );
    return [];
  }
  const { operations, source } = project ? readOperations(project) : { operations: [], source: '' };
  if (operations.length === 0 && Object.keys(loaded.config.endpoints ?? {}).length > 0)
    notes.push('The Genesys SDK is not installed here: endpoint patterns were not compared with its operations.');
  return checkPatterns(loaded.config, operations, source, await presetPatterns(project));
}

/** Endpoint patterns of `genesysCloud()`, as the project has it. */
async function presetPatterns(project: Project | undefined): Promise<ReadonlySet<string>> {
  const [adapter] = project ? copiesOf(project, '@holdline/genesys') : [];
  if (!adapter) return new Set();
  try {
    const { module } = (readManifest(adapter.path) ?? {}) as { module?: string };
    const { genesysCloud } = (await import(pathToFileURL(join(adapter.path, module ?? 'dist/index.js')).href)) as {
      genesysCloud: () => HoldlineConfig;
    };
    return new Set(Object.keys(genesysCloud().endpoints ?? {}));
  } catch {
    // Another version may have no such preset. Its patterns are then compared like the user's.
    return new Set();
  }
}

function p95Of({ calls }: RecordedRun): number | undefined {
  return quantile(
    calls.flatMap(({ attempts }) => attempts.map(({ durationMs }) => durationMs)),
    0.95,
  );
}
