import tseslint from 'typescript-eslint';

/** The arrows of the house: which of our packages each may import. Nothing imports an adapter; the simulator imports nothing. */
const ARROWS = {
  core: [],
  axios: ['core'],
  fetch: ['core'],
  genesys: ['core', 'axios', 'websocket'],
  'genesys-streaming': ['core', 'axios', 'genesys', 'websocket'],
  cxone: ['core', 'fetch'],
  websocket: ['core'],
  redis: ['core'],
  opossum: ['core'],
  bottleneck: ['core'],
  simulator: [],
};

const arrows = Object.entries(ARROWS).map(([name, allowed]) => ({
  files: [`packages/${name}/src/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^@holdline/(?!(${[...allowed, `${name}$`].join('|')})(/|$))`,
            message: `packages/${name} may import ${allowed.length > 0 ? allowed.join(' and ') : 'none of our packages'}.`,
          },
          { regex: '(^|/)packages/', message: 'Import packages by name.' },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/.turbo/**', 'coverage/**', '.stryker-tmp/**', 'reports/**'] },
  {
    files: ['packages/*/src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      eqeqeq: 'error',
    },
  },
  {
    // Policies take time and chance from their ports, so that a test of an hour takes a millisecond.
    files: ['packages/core/src/**/*.ts'],
    ignores: [
      'packages/core/src/runtime/{system,timer}.ts',
      'packages/core/src/testing.ts',
      'packages/core/src/**/*.test.ts',
    ],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate', 'performance', 'queueMicrotask'].map((name) => ({
          name,
          message: 'Use the clock port.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Use the clock port.' },
        { object: 'Math', property: 'random', message: 'Use the random port.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Use the clock port.' },
      ],
    },
  },
  {
    files: ['**/*.config.ts'],
    extends: [tseslint.configs.base],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['packages/*/src/**/*.test.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/no-explicit-any': 'off' },
  },
  ...arrows,
);
