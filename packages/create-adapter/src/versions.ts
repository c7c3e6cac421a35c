import type { TemplateName } from './templates.js';

/**
 * Versions of what a project depends on besides Holdline. Those that this workspace uses too are the same here; a test checks it.
 */
export const TOOLS = {
  '@arethetypeswrong/cli': '^0.18.5',
  '@types/node': '^20.19.0',
  eslint: '^9.39.0',
  prettier: '^3.10.1',
  publint: '^0.3.25',
  tsup: '^8.5.0',
  typescript: '^5.9.0',
  'typescript-eslint': '^8.73.0',
  vitest: '^4.1.12',
} as const;

/** What the example clients of the templates need. */
export const EXAMPLE_TOOLS: Readonly<Record<TemplateName, Readonly<Record<string, string>>>> = {
  'function-client': {},
  'axios-sdk': { axios: '^1.21.1' },
  'fetch-sdk': { undici: '^7.0.0' },
  'immutable-client': { undici: '^7.0.0' },
  policy: {},
};

/** Version of the contract that the templates pass: `CONTRACT_VERSION` of `@holdline/adapter-kit`. */
export const CONTRACT = 1;
