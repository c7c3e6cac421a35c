import type { Options } from 'tsup';
import { build } from '../../tsup.config.js';

const config: Options = {
  ...(build(['src/index.ts', 'src/cli.ts']) as Options),
  esbuildOptions(options) {
    // The CommonJS build uses `__filename` instead of `import.meta`.
    options.logOverride = { 'empty-import-meta': 'silent' };
  },
};

export default config;
