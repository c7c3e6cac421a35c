import type { GatewayOptions, RateLimit } from '@holdline/gateway';
import type { PRESETS } from './load-config.js';
import { usageError } from '../terminal/errors.js';
import { parseSpan } from '../terminal/span.js';

/** Flags of all gateways. */
export interface GatewayFlags {
  config?: string;
  preset?: (typeof PRESETS)[number];
  platform: string;
  refusals?: NonNullable<GatewayOptions['refusals']>;
  withoutCredential?: NonNullable<GatewayOptions['withoutCredential']>;
  tenantHeader?: string;
  trustedFrom?: string[];
  addresses?: string;
  socketPath?: string[];
  socketOrigin?: string;
  upgrades?: string;
  maxOpen?: number;
  dryRun?: boolean;
  output?: string;
  force?: boolean;
  check?: boolean;
}

/** A limit such as `50/1s`. */
export function parseRate(text: string, flag: string): RateLimit {
  const [, limit, span] = /^(\d+)\/(.+)$/.exec(text.trim()) ?? [];
  const windowMs = span === undefined ? undefined : parseSpan(span);
  if (limit === undefined || windowMs === undefined)
    throw usageError(`${flag} must be a number of requests and a time, such as 50/1s or 300/60s, got '${text}'.`);
  return { limit: Number(limit), windowMs };
}

/**
 * The options of all gateways from the flags.
 *
 * @throws CommandError with the exit code 2 for flags that do not fit together.
 */
export function gatewayOptions(flags: GatewayFlags): GatewayOptions {
  const { platform, preset, tenantHeader, trustedFrom, addresses, withoutCredential, dryRun } = flags;
  if ((tenantHeader === undefined) !== (trustedFrom === undefined))
    throw usageError(
      '--tenant-header and --trusted-from belong together: a header is trusted from these networks only.',
    );
  const refusals = flags.refusals ?? preset;
  const sockets = socketOptions(flags);
  return {
    platform,
    ...(refusals !== undefined && { refusals }),
    ...(withoutCredential !== undefined && { withoutCredential }),
    ...(tenantHeader !== undefined && trustedFrom !== undefined && { tenant: { header: tenantHeader, trustedFrom } }),
    ...(addresses !== undefined && { addresses: parseRate(addresses, '--addresses') }),
    ...(sockets && { sockets }),
    ...(dryRun && { dryRun }),
  };
}

function socketOptions({ socketPath, socketOrigin, upgrades, maxOpen }: GatewayFlags): GatewayOptions['sockets'] {
  if (socketPath === undefined) {
    if (socketOrigin !== undefined || upgrades !== undefined || maxOpen !== undefined)
      throw usageError('--socket-origin, --upgrades and --max-open need --socket-path: the paths of the sockets.');
    return undefined;
  }
  return {
    paths: socketPath,
    ...(socketOrigin !== undefined && { origin: socketOrigin }),
    ...(upgrades !== undefined && { upgrades: parseRate(upgrades, '--upgrades') }),
    ...(maxOpen !== undefined && { maxOpen }),
  };
}
