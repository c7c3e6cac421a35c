import { readFile } from 'node:fs/promises';
import type { Options } from 'tsup';
import { build } from '../../tsup.config.js';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** Removes the comment lines of Lua scripts, which only readers of the source need. */
const stripLuaComments: Plugin = {
  name: 'strip-lua-comments',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/^\s*-- .*\n/gm, ''),
      loader: 'ts',
    }));
  },
};

const config: Options = { ...(build(['src/index.ts']) as Options), esbuildPlugins: [stripLuaComments] };

export default config;
