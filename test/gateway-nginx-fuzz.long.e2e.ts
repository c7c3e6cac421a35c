import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NginxOptions } from '@holdline/gateway';
import { bringNginx, refusalOfNginx } from '@holdline/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HostileConfigs } from './gateway-hostile.js';
import { gatewayFiles } from './gateway-nginx-support.js';

const CONFIGS = 100;
let directory: string;
beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'holdline-nginx-fuzz-'))));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Options of NGINX besides those of all gateways. */
const optionsOf = (make: HostileConfigs): Omit<NginxOptions, 'platform'> => ({
  ...make.options(),
  burstShare: make.one([0.001, 0.1, 1]),
  maxWaitMs: make.one([0, 500, 10_000]),
  jitterMs: make.one([0, 100, 10_000]),
  zoneMegabytes: 1,
  ...(make.below(4) === 0 && { resolver: ['127.0.0.1:53', '[::1]'] }),
  ...(make.below(4) === 0 && { accessLog: false as const }),
});

test(`NGINX accepts the files of ${CONFIGS} random configurations with hostile names`, () => {
  const { modules } = bringNginx();
  const seed = Number(process.env['HOLDLINE_SEED'] ?? Date.now() % 1e9);
  let zones = 0;
  for (let i = 0; i < CONFIGS; i++) {
    const make = new HostileConfigs(seed + i);
    const [config, options] = [make.config(), optionsOf(make)];
    const platform = make.one(['https://127.0.0.1', 'http://127.0.0.1:9000', 'https://[::1]:8443']);
    const files = gatewayFiles(config, { platform, ...options }, { directory, port: 8080, modules });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    zones += files['holdline.conf']?.match(/^limit_req_zone/gm)?.length ?? 0;
    expect(refusalOfNginx(directory), `seed ${seed + i}: ${JSON.stringify([config, options])}`).toBeUndefined();
  }
  // The configurations are no empty ones.
  expect(zones).toBeGreaterThan(CONFIGS * 2);
});
