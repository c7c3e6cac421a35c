import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { HoldlineConfig } from '@holdline/core';
import {
  awsUsagePlans,
  azureApiManagement,
  type GatewayFiles,
  haproxyConfig,
  type HaproxyOptions,
  nginxConfig,
  type NginxOptions,
  planGateway,
} from '@holdline/gateway';
import { wrap } from '../terminal/style.js';
import type { Terminal } from '../terminal/terminal.js';
import { checkFiles, type ProgramCheck } from './check-files.js';
import { type GatewayFlags, gatewayOptions } from './flags.js';
import { loadGatewayConfig } from './load-config.js';
import { printFiles, writeFiles } from './write-files.js';

/** Flags of NGINX and HAProxy. */
export interface ServerFlags extends GatewayFlags {
  whole?: boolean;
  listen?: string;
  burstShare?: number;
  directory?: string;
}

/** Flags of the gateway of AWS. */
export interface AwsFlags extends GatewayFlags {
  client?: string[];
  burstShare?: number;
}

/** What a gateway needs to be written. */
export type GatewayTask =
  | { readonly gateway: 'nginx' | 'haproxy'; readonly flags: ServerFlags }
  | { readonly gateway: 'aws'; readonly flags: AwsFlags }
  | { readonly gateway: 'azure'; readonly flags: GatewayFlags };

/** Writes the files of a gateway, or prints them. */
export async function runGateway(task: GatewayTask, terminal: Terminal): Promise<void> {
  const { flags } = task;
  const options = gatewayOptions(flags);
  const { config, source } = await loadGatewayConfig(flags, terminal.cwd);
  const directory = flags.output === undefined ? undefined : resolve(terminal.cwd, flags.output);
  const { files, check } = prepare(task, config, options, directory, terminal);
  if (flags.check && check) await checkFiles(check, terminal);
  if (directory === undefined) printFiles(files, terminal);
  else await writeFiles(files, { directory, force: flags.force ?? false }, terminal);
  terminal.err(`Configuration: ${source}\n`);
  for (const note of planGateway(config, options).notes) terminal.err(wrap(`Not kept: ${note}`));
}

interface Prepared {
  readonly files: GatewayFiles;
  readonly check?: ProgramCheck;
}

function prepare(
  task: GatewayTask,
  config: HoldlineConfig,
  options: ReturnType<typeof gatewayOptions>,
  output: string | undefined,
  terminal: Terminal,
): Prepared {
  switch (task.gateway) {
    case 'nginx':
      return prepareNginx(task.flags, config, options, output, nginxModules(terminal));
    case 'haproxy':
      return prepareHaproxy(task.flags, config, options);
    case 'aws': {
      const { client = [], burstShare } = task.flags;
      const own = { clients: client, ...(burstShare !== undefined && { burstShare }) };
      return { files: awsUsagePlans(config, { ...options, ...own }) };
    }
    case 'azure':
      return { files: azureApiManagement(config, options) };
  }
}

/** The same options with an address instead of each host: a check of NGINX would look the hosts up, and fail without a network. */
function withoutHosts({ platform, sockets, ...others }: NginxOptions): NginxOptions {
  const local = (origin: string): string => `${new URL(origin).protocol}//127.0.0.1`;
  return {
    ...others,
    platform: local(platform),
    ...(sockets && { sockets: { ...sockets, ...(sockets.origin !== undefined && { origin: local(sockets.origin) }) } }),
  };
}

/** Directories in which packages of NGINX have the module for njs. */
const MODULES = [
  '/usr/lib/nginx/modules',
  '/usr/lib64/nginx/modules',
  '/etc/nginx/modules',
  '/opt/homebrew/lib/nginx/modules',
];

/** The directory of the module for njs, for a check; undefined if it is not known. */
const nginxModules = ({ env }: Terminal): string | undefined =>
  env['HOLDLINE_NGINX_MODULES'] ?? MODULES.find((place) => existsSync(join(place, 'ngx_http_js_module.so')));

function prepareNginx(
  { whole, listen, burstShare, directory }: ServerFlags,
  config: HoldlineConfig,
  options: NginxOptions,
  output: string | undefined,
  modules: string | undefined,
): Prepared {
  const shared: NginxOptions = { ...options, ...(burstShare !== undefined && { burstShare }) };
  // The files name each other by absolute paths.
  const place = directory ?? output;
  const own: NginxOptions = {
    ...shared,
    form: whole ? 'whole' : 'snippet',
    ...(place !== undefined && { directory: place }),
    ...(listen !== undefined && { listen }),
  };
  return {
    files: nginxConfig(config, own),
    check: {
      name: 'NGINX',
      variable: 'HOLDLINE_NGINX',
      commands: ['nginx'],
      args: (folder) => ['-e', join(folder, 'error.log'), '-t', '-q', '-c', join(folder, 'nginx.conf')],
      files: (folder) =>
        nginxConfig(config, {
          ...withoutHosts(shared),
          form: 'whole',
          directory: folder,
          stateDirectory: folder,
          accessLog: join(folder, 'access.log'),
          ...(modules !== undefined && { modulesDirectory: modules }),
        }),
    },
  };
}

function prepareHaproxy(
  { whole, listen, burstShare }: ServerFlags,
  config: HoldlineConfig,
  options: HaproxyOptions,
): Prepared {
  const own: HaproxyOptions = {
    ...options,
    ...(burstShare !== undefined && { burstShare }),
    ...(listen !== undefined && { listen }),
  };
  return {
    files: haproxyConfig(config, { ...own, form: whole ? 'whole' : 'snippet' }),
    check: {
      name: 'HAProxy',
      variable: 'HOLDLINE_HAPROXY',
      commands: ['haproxy'],
      args: (folder) => ['-c', '-q', '-f', join(folder, 'haproxy.cfg')],
      files: () => haproxyConfig(config, { ...own, form: 'whole' }),
    },
  };
}
