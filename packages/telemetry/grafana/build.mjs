// Writes holdline-dashboard.json: `node packages/telemetry/grafana/build.mjs`
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { buildDashboard } from './dashboard.mjs';

const file = fileURLToPath(new URL('holdline-dashboard.json', import.meta.url));
writeFileSync(file, await format(JSON.stringify(buildDashboard()), { parser: 'json', printWidth: 120 }));
