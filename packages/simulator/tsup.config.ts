import type { Options } from 'tsup';
import { build } from '../../tsup.config.js';

/** File of the table of operations. Both formats load it on demand. */
const TABLE = 'genesys-operations';

const config: Options[] = [
  {
    ...(build(['src/index.ts']) as Options),
    // The two builds run at the same time.
    clean: [`!${TABLE}.cjs`],
    esbuildOptions(options, { format }) {
      // Test runners that load CommonJS in a sandbox, such as Jest, refuse `import()` there.
      if (format === 'cjs') options.supported = { 'dynamic-import': false };
    },
    esbuildPlugins: [
      {
        name: 'table of operations',
        setup: ({ onResolve }) =>
          onResolve({ filter: /\/operations\/table\.js$/ }, () => ({ path: `./${TABLE}.cjs`, external: true })),
      },
    ],
  },
  {
    ...(build([]) as Options),
    entry: { [TABLE]: 'src/genesys/operations/table.ts' },
    format: 'cjs',
    // With this platform, esbuild names the exports in a way that ES modules can read.
    platform: 'node',
    dts: false,
    clean: false,
  },
];

export default config;
