import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Options } from 'tsup';
import { build } from '../../tsup.config.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('package.json'), 'utf8')) as { version: string };

/** Files for Prometheus and Grafana that the package ships beside its code. */
const ASSETS = ['prometheus/holdline-rules.yml', 'grafana/holdline-dashboard.json'];

const config: Options = {
  ...(build(['src/index.ts']) as Options),
  define: { HOLDLINE_TELEMETRY_VERSION: JSON.stringify(version) },
  onSuccess() {
    for (const asset of ASSETS) copyFileSync(here(asset), here(`dist/${asset.split('/').at(-1) as string}`));
    return Promise.resolve();
  },
};

export default config;
