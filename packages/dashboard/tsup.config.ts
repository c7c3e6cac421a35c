import { dirname } from 'node:path';
import type { Options } from 'tsup';
import { build } from '../../tsup.config.js';
import { buildPages } from './src/page/build.js';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** Puts the built pages into the bundle, instead of the module that builds them. */
const embedPages: Plugin = {
  name: 'embed-pages',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]page[\\/]html\.ts$/ }, async ({ path }) => {
      const { page, loginPage } = await buildPages(dirname(path));
      return {
        contents: `export const PAGE = ${JSON.stringify(page)};\nexport const LOGIN_PAGE = ${JSON.stringify(loginPage)};\n`,
        loader: 'js',
      };
    });
  },
};

const config: Options = {
  ...(build(['src/index.ts', 'src/register.ts']) as Options),
  platform: 'node',
  esbuildPlugins: [embedPages],
};

export default config;
