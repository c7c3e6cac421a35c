import type { Options } from 'tsup';
import { build } from '../../tsup.config.js';

/** File of the table of operations. It is loaded on demand, by both formats. */
const TABLE = './genesys-operations.cjs';

const config: Options[] = [
  {
    ...(build(['src/index.ts']) as Options),
    esbuildPlugins: [
      {
        name: 'table of operations',
        setup: ({ onResolve }) =>
          onResolve({ filter: /\/operations\/table\.js$/ }, () => ({ path: TABLE, external: true })),
      },
    ],
  },
  {
    ...(build([]) as Options),
    entry: { 'genesys-operations': 'src/genesys/operations/table.ts' },
    format: 'cjs',
    // With this platform, esbuild names the exports in a way that ES modules can read.
    platform: 'node',
    dts: false,
    clean: false,
  },
];

export default config;
