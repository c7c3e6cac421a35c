import { defineConfig, type Options } from 'tsup';

/** ESM only: `npm create` starts the command, and nothing requires it. */
const config: Options = {
  entry: ['src/index.ts', 'src/cli.ts'],
  format: ['esm'],
  platform: 'node',
  target: 'es2022',
  dts: { entry: 'src/index.ts' },
  clean: true,
};

export default defineConfig(config);
