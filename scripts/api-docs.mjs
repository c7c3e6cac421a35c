// Writes docs/reference/api: the API reference, from the doc comments of the sources. Each page has one group of exports. The comments
// of the index files, such as `// For adapters: HTTP.`, name the groups and their audience. typedoc-sidebar.json is for the docs site.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { load } from 'typedoc-plugin-markdown';
import { Application, Converter, ReflectionKind, RendererEvent } from 'typedoc';

const root = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(root, 'docs/reference/api');
/** typedoc reads one module for each group. The modules exist only while it runs. */
const MODULES = join(OUT, '.modules');

/** Audiences in the order of the reference. The key follows `// For` in an index file. */
const AUDIENCES = {
  users: 'For users',
  adapters: 'For adapters',
  stores: 'For stores',
  engines: 'For engines',
  peers: 'For peers of a WebSocket',
};
const INTERNAL = '// For our own packages';

/** Core first: all other pages link to its pages. */
const packages = ['core', ...readdirSync(join(root, 'packages')).filter((name) => name !== 'core')];
const entries = packages.flatMap((folder) => {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
  return Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path]) => ({
      specifier: `${name}${path.slice(1)}`,
      file: join(root, 'packages', folder, 'src', `${path === '.' ? 'index' : path.slice(2)}.ts`),
    }));
});

/** The names that a statement exports. */
function exportedNames(statement) {
  if (ts.isExportDeclaration(statement)) return statement.exportClause?.elements.map(({ name }) => name.text) ?? [];
  const isExported = ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (!isExported) return [];
  return ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map(({ name }) => name.text)
    : [statement.name.text];
}

/** The groups of one entry point, without those for our own packages. */
function groupsOf({ specifier, file }) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const name = specifier.replace('@holdline/', '');
  // Exports above the first comment are for users.
  const all = [createGroup('users', 'users', undefined)];

  function createGroup(audience, readers, title) {
    const words = [name, audience === 'users' ? '' : audience, title ?? ''].join(' ').toLowerCase();
    const heading = title ? `${specifier}: ${title}` : specifier;
    return { specifier, file, audience, readers, title, heading, page: words.match(/[a-z0-9]+/g).join('-'), names: [] };
  }

  let isInternal = false;
  for (const statement of source.statements) {
    for (const { pos, end } of ts.getLeadingCommentRanges(source.text, statement.pos) ?? []) {
      const comment = source.text.slice(pos, end);
      if (!comment.startsWith('// For ')) continue;
      isInternal = comment.startsWith(INTERNAL);
      if (isInternal) continue;
      // Such as "For adapters and stores: tools." or "For adapters of SDKs that use fetch."
      const [, readers, audience, title] = /^\/\/ For ((\w+)[^:]*?)(?:: (.+))?\.$/.exec(comment) ?? [];
      if (!(audience in AUDIENCES)) throw new Error(`${file}: "${comment}" names no audience of scripts/api-docs.mjs`);
      all.push(createGroup(audience, readers, title));
    }
    if (!isInternal) all.at(-1).names.push(...exportedNames(statement));
  }
  return all.filter(({ names }) => names.length > 0);
}

const groups = entries.flatMap(groupsOf);
const groupOf = new Map(groups.map((group) => [group.page, group]));
if (groupOf.size < groups.length)
  throw new Error('two groups of exports have the same page: give them different titles');

rmSync(OUT, { recursive: true, force: true });
mkdirSync(MODULES, { recursive: true });
for (const { page, file, names, specifier, readers } of groups)
  writeFileSync(
    join(MODULES, `${page}.ts`),
    `/**
      * Exports of \`${specifier}\` for ${readers}.
      * @module ${page}
      */
     export { ${names.join(', ')} } from '${file.replaceAll('\\', '/')}';`,
  );
const { compilerOptions } = ts.parseConfigFileTextToJson(
  'tsconfig.json',
  readFileSync(join(root, 'tsconfig.json'), 'utf8'),
).config;
writeFileSync(
  join(MODULES, 'tsconfig.json'),
  JSON.stringify({
    compilerOptions: {
      ...compilerOptions,
      isolatedModules: false,
      verbatimModuleSyntax: false,
      allowImportingTsExtensions: true,
      paths: Object.fromEntries(entries.map(({ specifier, file }) => [specifier, [file]])),
    },
    include: ['*.ts'],
  }),
);

const app = await Application.bootstrapWithPlugins({
  entryPoints: groups.map(({ page }) => join(MODULES, `${page}.ts`)),
  tsconfig: join(MODULES, 'tsconfig.json'),
  plugin: [load],
  out: OUT,
  name: 'API reference',
  readme: 'none',
  router: 'module',
  entryFileName: 'index',
  logLevel: 'Warn',
  disableSources: true,
  disableGit: true,
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  // A documented default is a text, such as "500 (ours)".
  jsDocCompatibility: { defaultTag: false },
  validation: { invalidLink: true, notExported: true, notDocumented: false },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  pageTitleTemplates: { module: ({ name }) => groupOf.get(name).heading },
  useCodeBlocks: true,
  expandObjects: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: { hideInherited: true, hideOverrides: true, hideModifiers: true },
  // Vue would read angle brackets and braces as code.
  sanitizeComments: true,
});

/** A class or an interface that extends another one of ours shows only its own members. Its page links to the other one. */
app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
  for (const reflection of project.getReflectionsByKind(ReflectionKind.ClassOrInterface))
    for (const child of [...(reflection.children ?? [])])
      if (child.inheritedFrom?.reflection) project.removeReflection(child);
});

const project = await app.convert();
if (project) app.validate(project);
if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
/** The address of each export, relative to the reference: `page.md#anchor`. */
const urls = new Map();
app.renderer.on(RendererEvent.END, () => {
  const { router } = app.renderer;
  for (const page of project.children)
    for (const child of page.children ?? []) urls.set(`${page.name} ${child.name}`, `${router.getFullUrl(child)}`);
});
await app.generateOutputs(project);

const sections = Object.entries(AUDIENCES).map(([audience, title]) => ({
  title,
  groups: groups.filter((group) => group.audience === audience),
}));
const shortName = ({ heading }) => heading.replace('@holdline/', '');
writeFileSync(
  join(OUT, 'typedoc-sidebar.json'),
  JSON.stringify(
    sections.map((section) => ({
      text: section.title,
      // VitePress nests two buttons in a group without a link, which axe refuses.
      link: `/reference/api/#${section.title.toLowerCase().replaceAll(' ', '-')}`,
      collapsed: true,
      items: section.groups.map((group) => ({ text: shortName(group), link: `/reference/api/${group.page}` })),
    })),
  ),
);
/** Links to the exports of a group, in the order of its index file. */
const list = ({ page, names }) => names.map((name) => `[\`${name}\`](${urls.get(`${page} ${name}`)})`).join(', ');
writeFileSync(
  join(OUT, 'index.md'),
  `# API reference

This page lists all exports of all packages, by audience. An adapter connects a client to Holdline. A store shares state between processes. An engine is the limiter or the breaker of another library.

${sections
  .map(
    (section) =>
      `## ${section.title}\n\n| page | exports |\n| --- | --- |\n${section.groups
        .map((group) => `| [${shortName(group)}](${group.page}.md) | ${list(group)} |`)
        .join('\n')}`,
  )
  .join('\n\n')}
`,
);
console.log(`${groups.length} pages of the API reference in docs/reference/api`);
