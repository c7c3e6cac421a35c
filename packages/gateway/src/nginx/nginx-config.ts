import type { HoldlineConfig } from '@holdline/core';
import { gatewayOptionsOf } from '../plan/options.js';
import { planGateway } from '../plan/plan-gateway.js';
import type { GatewayFiles, Zone } from '../plan/types.js';
import { FILES, type NginxModel, printHttp, printServer, printWhole } from './config-file.js';
import { type NginxOptions, resolveNginxOptions } from './options.js';
import { rateOf } from './rates.js';
import { printScript, type RatedZone } from './script.js';

/**
 * Writes the files of an NGINX that keeps the quotas of a configuration for everyone behind it. NGINX 1.22 with the module for njs 0.7.9
 * reads them (Debian: `nginx-light` and `libnginx-mod-http-js`).
 *
 * - `holdline.conf`: zones, for `http {}`
 * - `holdline-server.conf`: locations, for the `server {}` that takes the requests
 * - `holdline.js`: routes and keys, for njs
 * - `nginx.conf`: with `form: 'whole'`, a configuration that runs as it is
 *
 * What NGINX cannot keep is a comment in `holdline.conf`.
 *
 * @param config - The configuration of a line, such as a preset.
 * @param options - The platform, and what the gateway has to know besides.
 * @throws ConfigError for a wrong configuration or option; the message names the key, the value and what is allowed.
 * @example
 * ```ts
 * import { mkdir, writeFile } from 'node:fs/promises';
 * import { nginxConfig } from '@holdline/gateway';
 * import { genesysCloud } from '@holdline/genesys';
 *
 * const files = nginxConfig(genesysCloud(), { platform: 'https://api.mypurecloud.com', refusals: 'genesys' });
 * await mkdir('/etc/nginx/holdline', { recursive: true });
 * for (const [name, text] of Object.entries(files)) await writeFile(`/etc/nginx/holdline/${name}`, text);
 * ```
 * @public
 */
export function nginxConfig(config: HoldlineConfig, options: NginxOptions): GatewayFiles {
  const resolved = resolveNginxOptions(options);
  const plan = planGateway(config, gatewayOptionsOf(options));
  const rate = (zone: Zone | undefined, of: RatedZone['of']): RatedZone[] =>
    zone ? [{ zone, rate: rateOf(zone, resolved), of }] : [];
  // The places of the zones of the plan are those in the script.
  const rated = [
    ...plan.zones.flatMap((zone) => rate(zone, 'requests')),
    ...rate(plan.sockets?.zone, 'upgrades'),
    ...rate(plan.addresses, 'all'),
  ];
  const model: NginxModel = { plan, options: resolved, rated };
  return {
    [FILES.http]: printHttp(model),
    [FILES.server]: printServer(model),
    [FILES.script]: printScript(plan, rated),
    ...(resolved.form === 'whole' && { [FILES.whole]: printWhole(model) }),
  };
}
