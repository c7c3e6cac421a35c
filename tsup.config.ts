import { defineConfig } from 'tsup';

/** One build for every package: ESM, CommonJS and types from the entries it names. */
export const build = (entry: string[]) =>
  defineConfig({
    entry,
    format: ['esm', 'cjs'],
    platform: 'neutral',
    target: 'es2022',
    dts: true,
    sourcemap: true,
    clean: true,
  });
