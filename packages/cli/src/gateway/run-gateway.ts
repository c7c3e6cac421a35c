import { isAbsolute, resolve } from 'node:path';
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
  const { files, check } = prepare(task, config, options, directory);
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
): Prepared {
  switch (task.gateway) {
    case 'nginx':
      return prepareNginx(task.flags, config, options, output);
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

function prepareNginx(
  { whole, listen, burstShare, directory = '' }: ServerFlags,
  config: HoldlineConfig,
  options: NginxOptions,
  output: string | undefined,
): Prepared {
  const shared: NginxOptions = { ...options, ...(burstShare !== undefined && { burstShare }) };
  // The files name each other by absolute paths.
  const place = isAbsolute(directory) ? directory : output;
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
      args: (folder) => ['-t', '-q', '-c', `${folder}/nginx.conf`],
      files: (folder) => nginxConfig(config, { ...shared, form: 'whole', directory: folder, stateDirectory: folder }),
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
      args: (folder) => ['-c', '-q', '-f', `${folder}/haproxy.cfg`],
      files: () => haproxyConfig(config, { ...own, form: 'whole' }),
    },
  };
}
