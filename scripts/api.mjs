// Writes etc/api: the exports of each entry point of each package, as api-extractor reads them from the built declarations. With
// `--check` it writes nothing, shows the difference and exits with 1 where a report is stale. Both modes exit with 1 where an export has
// no release tag, a public signature has a type that is internal or not exported, a doc comment is malformed, or a page or an example
// imports an internal export.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const REPORTS = 'etc/api';
/** Messages of api-extractor that are no problem here. All other messages are. */
const IGNORED = [/^console-/, /^ae-undocumented$/, /^ae-internal-missing-underscore$/];

const check = process.argv.includes('--check');
const problems = [];
const read = (path) => readFileSync(join(root, path), 'utf8');

/** The entry points of all packages. `name` is the name of the report. */
const entries = readdirSync(join(root, 'packages')).flatMap((folder) => {
  const { name, exports } = JSON.parse(read(`packages/${folder}/package.json`));
  return Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path, target]) => ({
      folder: `packages/${folder}`,
      specifier: `${name}${path.slice(1)}`,
      name: `${folder}${path.slice(1).replace('/', '-')}`,
      isMain: path === '.',
      types: join(root, 'packages', folder, (target.import ?? target).types),
    }));
});
const unbuilt = entries.find(({ types }) => !existsSync(types));
if (unbuilt) {
  console.error(`${unbuilt.types} is missing: run \`npx pnpm build\` first`);
  process.exit(1);
}

const work = mkdtempSync(join(tmpdir(), 'holdline-api-'));
const { compilerOptions } = ts.parseConfigFileTextToJson('tsconfig.json', read('tsconfig.json')).config;
const configs = entries.map(({ folder, name, types }) =>
  ExtractorConfig.prepare({
    configObject: {
      projectFolder: join(root, folder),
      mainEntryPointFilePath: types,
      compiler: { overrideTsconfig: { compilerOptions, files: [types] } },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: work,
        reportTempFolder: join(work, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: { tsdocMessageReporting: { default: { logLevel: 'warning' } } },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, folder, 'package.json'),
  }),
);
// One program for all entry points: each file is parsed once.
const compilerState = CompilerState.create(configs[0], { additionalEntryPoints: entries.map(({ types }) => types) });
const checker = compilerState.program.getTypeChecker();

/** The names that the main entry point of a package exports. */
function exportsOfMain(folder) {
  const { types } = entries.find((entry) => entry.folder === folder && entry.isMain);
  const file = checker.getSymbolAtLocation(compilerState.program.getSourceFile(types));
  return new Set(checker.getExportsOfModule(file).map(({ name }) => name));
}

/** Reads the exports of one entry point, collects problems, and returns the report. */
function extract({ folder, name, specifier, isMain }, config) {
  const elsewhere = isMain ? new Set() : exportsOfMain(folder);
  Extractor.invoke(config, {
    localBuild: true,
    compilerState,
    messageCallback(message) {
      const { messageId, text, sourceFilePath, sourceFileLine } = message;
      // Otherwise api-extractor prints the message, and writes it to the report.
      message.logLevel = 'none';
      if (IGNORED.some((pattern) => pattern.test(messageId))) return;
      const [, forgotten] = messageId === 'ae-forgotten-export' ? (/"(.+?)"/.exec(text) ?? []) : [];
      if (elsewhere.has(forgotten)) return;
      const place = sourceFilePath ? `${sourceFilePath.replace(root, '')}:${sourceFileLine}: ` : '';
      problems.push(`${specifier}: ${place}${text} (${messageId})`);
    },
  });
  return readFileSync(join(work, `${name}.api.md`), 'utf8')
    .replace(/^## API Report File for .*$/m, `## API of \`${specifier}\``)
    .replace(/^> Do not edit .*$/m, '> `npx pnpm api` writes this file with api-extractor.')
    .replace('\n// (No @packageDocumentation comment for this package)\n', '');
}

const reports = new Map(entries.map((entry, i) => [`${entry.name}.api.md`, extract(entry, configs[i])]));

/** Shows the difference between the stored report and the new one. */
function showDifference(name, report) {
  const next = join(work, 'next.api.md');
  writeFileSync(next, report);
  const stored = existsSync(join(root, REPORTS, name)) ? join(root, REPORTS, name) : '/dev/null';
  const { stdout } = spawnSync('git', ['diff', '--no-index', '--no-color', stored, next], { encoding: 'utf8' });
  console.log(stdout.replace(/^[\s\S]*?(?=@@)/, `\n${REPORTS}/${name}\n`));
}

mkdirSync(join(root, REPORTS), { recursive: true });
for (const [name, report] of reports) {
  const file = join(root, REPORTS, name);
  if (existsSync(file) && readFileSync(file, 'utf8') === report) continue;
  if (check) {
    showDifference(name, report);
    problems.push(`${REPORTS}/${name} is stale: the exports changed. Run \`npx pnpm api\` and commit the report.`);
  } else writeFileSync(file, report);
}
for (const name of readdirSync(join(root, REPORTS)).filter((one) => !reports.has(one))) {
  if (check) problems.push(`${REPORTS}/${name} is stale: no package has this entry point. Run \`npx pnpm api\`.`);
  else rmSync(join(root, REPORTS, name));
}
rmSync(work, { recursive: true, force: true });

/** Internal exports may change in any version, so no page and no example may import one. */
function findInternalImports() {
  const internal = new Set();
  for (const report of reports.values())
    for (const [, name] of report.matchAll(
      /^\/\/ @internal.*\nexport (?:\w+ )*?(?:class|const|function|interface|type) (\w+)/gm,
    ))
      internal.add(name);
  const files = ['docs', 'examples', 'packages'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
      .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
      .filter((path) => path.endsWith('.md') || (folder === 'examples' && /\.(ts|js|mjs|cjs)$/.test(path))),
  );
  for (const file of ['README.md', ...files])
    for (const [, names, from] of read(file).matchAll(/import (?:type )?\{([^}]*)\} from '(@holdline\/[^']+)'/g))
      for (const name of names.match(/\w+/g) ?? [])
        if (internal.has(name)) problems.push(`${file}: ${name} of ${from} is internal`);
  return internal.size;
}

const internalCount = findInternalImports();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else
  console.log(
    `${reports.size} API reports are current; ${internalCount} exports are internal, and no page imports one`,
  );
