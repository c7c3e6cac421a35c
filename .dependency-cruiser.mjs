// Which file may import which. `npx depcruise packages test bench scripts examples` checks it. Type imports count.

/** The packages that each package may import. The simulator imports none, so that it does not share our mistakes. */
const PACKAGES = {
  core: [],
  axios: ['core'],
  fetch: ['core'],
  websocket: ['core'],
  genesys: ['core', 'axios', 'websocket'],
  'genesys-streaming': ['core', 'axios', 'genesys', 'websocket'],
  cxone: ['core', 'fetch'],
  redis: ['core'],
  inbox: ['core'],
  telemetry: ['core'],
  monitor: ['core'],
  dashboard: ['core', 'monitor'],
  'adapter-kit': ['core'],
  gateway: ['core'],
  architect: [],
  cli: ['core', 'monitor', 'dashboard', 'simulator', 'adapter-kit', 'genesys', 'cxone', 'gateway', 'architect'],
  opossum: ['core'],
  bottleneck: ['core'],
  'http-cache': ['core'],
  undici: ['core'],
  aws: ['core'],
  twilio: ['core', 'axios'],
  'create-adapter': [],
  simulator: [],
};

/** Packages that the tests of a package may import besides. Gateways are written from presets. */
const IN_TESTS = { gateway: ['cxone', 'genesys'] };

const CORE = '^packages/core/src';

/** The layers of core. Each imports only from itself and from the layers before it. */
const LAYERS = [
  'contract',
  'http',
  'crypto',
  'runtime',
  'call',
  'pipeline',
  'policies',
  'stores',
  'config',
  'line',
  'node/',
  '(index|testing|browser|node)\\.ts$',
];

const GOVERNOR = `${CORE}/policies/governor`;

/** The layers of the governor. `[^/]+\.ts` are the files of the folder itself. */
const GOVERNOR_LAYERS = [
  '(options\\.ts$|route\\.ts$|learning/)',
  'limits/',
  'queue/',
  '(?!options\\.ts|route\\.ts)[^/]+\\.ts$',
];

/** Tests, fixtures and helpers of tests. None of them is shipped. */
const TESTS = '(\\.test|\\.fixture|/test-[^/]+|/testing/[^/]+)\\.ts$';

/** What a test may import from any layer: the entry points, and fixtures. */
const OPEN_TO_TESTS = `${CORE}/(index|testing|browser|node)\\.ts$|\\.fixture\\.ts$`;

/** Forbids imports from each layer to the layers after it. */
const upward = (name, root, layers) =>
  layers.slice(0, -1).flatMap((layer, index) => {
    const later = `${root}/(${layers.slice(index + 1).join('|')})`;
    const comment = `${name}: a layer imports only from itself and from the layers before it.`;
    const title = `${name}, ${layer.replace(/[\\^$()]/g, '')}`;
    return [
      {
        name: title,
        comment,
        severity: 'error',
        from: { path: `${root}/${layer}`, pathNot: TESTS },
        to: { path: later },
      },
      {
        name: `${title}, tests`,
        comment: `${comment} A test may import entry points and fixtures too.`,
        severity: 'error',
        from: { path: `(?=.*(${TESTS}))${root}/${layer}` },
        to: { path: later, pathNot: OPEN_TO_TESTS },
      },
    ];
  });

/** All packages of the workspace but these. */
const otherPackages = (names) => ({
  path: '^(packages|@holdline)/',
  pathNot: `^(packages|@holdline)/(${names.join('|')})(/|$)`,
});

export default {
  forbidden: [
    {
      name: 'no circle',
      comment: 'Files that import each other in a circle can only be understood together.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'packages by name',
      comment: 'A relative path into another package bypasses the public names of that package.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|test|bench|scripts|examples/[^/]+)/' },
      to: { path: '^packages/[^/]+/src/', pathNot: '^$1/' },
    },
    ...Object.entries(PACKAGES).flatMap(([name, allowed]) => [
      {
        name: `packages of ${name}`,
        comment: `packages/${name} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other package'}.`,
        severity: 'error',
        from: { path: `^packages/${name}/src/`, pathNot: TESTS },
        to: otherPackages([name, ...allowed]),
      },
      {
        name: `packages of ${name}, tests`,
        comment: 'A test may import the contract of adapters and the simulator too.',
        severity: 'error',
        from: { path: `(?=.*(${TESTS}))^packages/${name}/src/` },
        to: otherPackages([name, ...allowed, ...(IN_TESTS[name] ?? []), 'adapter-kit', 'simulator']),
      },
    ]),
    ...upward('layers of core', CORE, LAYERS),
    {
      name: 'policies are independent',
      comment: 'No policy imports another policy. Shared code belongs to a layer below the policies.',
      severity: 'error',
      from: { path: `${CORE}/policies/([^/]+)/` },
      to: { path: `${CORE}/policies/`, pathNot: `${CORE}/policies/$1/` },
    },
    ...upward('layers of the governor', GOVERNOR, GOVERNOR_LAYERS),
    {
      name: 'imports of sharing',
      comment: 'sharing/ imports only learning/, limits/ and the layers below the policies.',
      severity: 'error',
      from: { path: `${GOVERNOR}/sharing/`, pathNot: TESTS },
      to: { path: `${CORE}/policies/`, pathNot: `${GOVERNOR}/(sharing|learning|limits)/` },
    },
    {
      name: 'sharing is optional',
      comment: 'Only index.ts and tests import sharing/, so that a web page without a store does not load the folder.',
      severity: 'error',
      from: { path: `${CORE}/`, pathNot: `${GOVERNOR}/sharing/|${CORE}/index\\.ts$|${TESTS}` },
      to: { path: `${GOVERNOR}/sharing/` },
    },
    {
      name: 'tests are not shipped',
      comment: 'Shipped files do not import tests, fixtures, benchmarks or scripts.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: TESTS },
      to: { path: `${TESTS}|^(test|bench|scripts|examples)/` },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    skipAnalysisNotInRules: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
