import { defineConfig } from 'tsup';

/** The build of every package: ESM, CommonJS and types of the given entries. */
export const build = (entry: string[]) =>
  defineConfig({
    entry,
    format: ['esm', 'cjs'],
    platform: 'neutral',
    target: 'es2022',
    dts: true,
    clean: true,
  });
