import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/.turbo/**',
      '**/.next/**',
      // Parts of projects that scripts/release/strangers.mjs puts together and lints.
      'scripts/release/strangers/**',
      'coverage/**',
      '.stryker-tmp/**',
      'reports/**',
      'site/.vitepress/{cache,.temp}/**',
    ],
  },
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
    files: ['packages/*/src/**/*.ts'],
    ignores: ['**/*.{test,fixture}.ts', '**/test-*.ts', '**/testing/**'],
    rules: { 'max-lines': ['error', { max: 350, skipComments: true, skipBlankLines: true }] },
  },
  {
    // Policies take time and random numbers from ports, so that a test of one hour takes one millisecond.
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
);
