import type { Project } from './options.js';
import { CONTRACT, EXAMPLE_TOOLS, TOOLS } from './versions.js';

const SCRIPTS = {
  build: 'tsup',
  lint: 'tsc && eslint . --max-warnings=0 && prettier --check .',
  format: 'prettier --write .',
  test: 'vitest run',
  readme: 'vitest run test/claims.test.ts --mode readme',
  check: 'npm run lint && npm run build && npm test && npm run check:package && npm run check:contract',
  prepublishOnly: 'npm run check',
  'check:contract': 'holdline adapter-check ./dist',
  'check:package': 'publint --strict && attw --pack . --profile node16',
};

/** Builds the package.json of a project. `version` is that of Holdline. */
export function buildManifest(project: Project, version: string): object {
  const { template, name, description, author, license, client } = project;
  const isPolicy = template === 'policy';
  const holdline = `^${version}`;
  const range = client?.range ?? '*';
  const base = { 'axios-sdk': '@holdline/axios', 'fetch-sdk': '@holdline/fetch' }[template as string];
  return {
    name,
    version: '0.1.0',
    // An adapter cannot be published while it guards the example client.
    ...(!isPolicy && { private: true }),
    description,
    keywords: isPolicy
      ? ['holdline', 'holdline-policy']
      : ['holdline', 'holdline-adapter', ...(client ? [client.name] : [])],
    license,
    ...(author !== undefined && { author }),
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19' },
    main: './dist/index.cjs',
    module: './dist/index.js',
    types: './dist/index.d.cts',
    exports: {
      '.': {
        import: { types: './dist/index.d.ts', default: './dist/index.js' },
        require: { types: './dist/index.d.cts', default: './dist/index.cjs' },
      },
      './package.json': './package.json',
    },
    files: ['dist', 'CHANGELOG.md'],
    scripts: SCRIPTS,
    holdline: { ...(client && { client: client.name, versions: range }), contract: CONTRACT },
    ...(base && { dependencies: { [base]: holdline } }),
    peerDependencies: { '@holdline/core': holdline, ...(client && { [client.name]: range }) },
    ...(client && { peerDependenciesMeta: { [client.name]: { optional: true } } }),
    devDependencies: sorted({
      '@holdline/adapter-kit': holdline,
      '@holdline/core': holdline,
      holdline,
      ...TOOLS,
      ...EXAMPLE_TOOLS[template],
      ...(client && { [client.name]: range }),
    }),
  };
}

/** npm sorts dependencies whenever it writes them. */
function sorted(dependencies: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(dependencies).sort(([a], [b]) => (a < b ? -1 : 1)));
}
