import { check, ConfigError, parseEndpoint, type Check } from '@holdline/core';
import type { RoutePattern, Upstream } from './types.js';

/**
 * A number of requests per window.
 * @public
 */
export interface RateLimit {
  /** Requests per window. */
  limit: number;
  /** Length of the window in ms. */
  windowMs: number;
}

/**
 * The header that names the tenant of a request.
 * @public
 */
export interface TenantHeader {
  /** Name of the header, such as `X-Tenant`. */
  header: string;
  /**
   * Networks whose requests are trusted to name their tenant, in CIDR notation: `['10.0.0.0/8', 'fd00::/8']`. From elsewhere the header
   * is ignored and removed.
   */
  trustedFrom: string[];
}

/**
 * Limits of WebSockets. A gateway sees the upgrade of a socket, and no frame.
 * @public
 */
export interface GatewaySockets {
  /**
   * Patterns of the paths whose upgrades are forwarded, such as `['/channels/:channelId']`. An upgrade of any other path is forwarded as a
   * plain request, and spends the quotas of one.
   */
  paths: string[];
  /**
   * Origin of the sockets, if it is not that of the platform: `https://streaming.mypurecloud.com`.
   * @defaultValue that of `platform`
   */
  origin?: string;
  /**
   * Upgrades per credential. Upgrades without `Authorization` count together.
   * @defaultValue none
   */
  upgrades?: RateLimit;
  /**
   * Sockets that one credential may have open; without `Authorization`, those of one client address.
   * @defaultValue none
   */
  maxOpen?: number;
}

/**
 * Options of all gateways.
 * @public
 */
export interface GatewayOptions {
  /** Origin of the platform, such as `https://api.mypurecloud.com`. */
  platform: string;
  /**
   * The platform whose 429 and 401 the gateway imitates. The form of Genesys Cloud is known; no body of CXone is documented, so that
   * `cxone` has the body of `plain`.
   * @defaultValue 'plain'
   */
  refusals?: 'genesys' | 'cxone' | 'plain';
  /**
   * What happens to a request without `Authorization`: `refuse` answers 401, `share` counts all of them together under one key. CORS
   * preflights never have the header, and are always counted together.
   * @defaultValue 'refuse'
   */
  withoutCredential?: 'refuse' | 'share';
  /**
   * The header that names the tenant, for quotas with the scope `tenant`.
   * @defaultValue none: all requests are one tenant
   */
  tenant?: TenantHeader;
  /**
   * Requests of one client address. Each forged `Authorization` is a credential with quotas of its own; this limit bounds them.
   * @defaultValue none
   */
  addresses?: RateLimit;
  /**
   * WebSockets.
   * @defaultValue none: no upgrade is forwarded
   */
  sockets?: GatewaySockets;
  /**
   * Whether the gateway only counts and logs, and neither delays nor refuses.
   * @defaultValue false
   */
  dryRun?: boolean;
}

/** The checked options of all gateways, with their defaults. */
export interface ResolvedGatewayOptions {
  readonly upstream: Upstream;
  readonly refusals: 'genesys' | 'cxone' | 'plain';
  readonly withoutCredential: 'refuse' | 'share';
  readonly tenant: TenantHeader | undefined;
  readonly addresses: RateLimit | undefined;
  readonly sockets:
    | {
        readonly upstream: Upstream;
        readonly routes: readonly RoutePattern[];
        readonly upgrades: RateLimit | undefined;
        readonly maxOpen: number | undefined;
      }
    | undefined;
  readonly dryRun: boolean;
}

const ORIGIN = "an origin such as 'https://api.mypurecloud.com'";
const HOST = /^(?:[a-z\d](?:[a-z\d.-]*[a-z\d])?|\[[\da-f:.]+\])$/;

function parseOrigin(value: string, key: string): Upstream {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return check.refuse(key, value, ORIGIN);
  }
  const { protocol, hostname: host, port, pathname, search, hash, username, password } = url;
  const isHttp = protocol === 'http:' || protocol === 'https:';
  // Do not show the user and password of a URL in the error.
  if (username || password) throw new ConfigError(`${key} must be ${ORIGIN}, got a URL with a user`);
  // A host name may have `$`, `;` or braces, which are syntax in the files of gateways.
  if (!isHttp || pathname !== '/' || search || hash || !HOST.test(host)) check.refuse(key, value, ORIGIN);
  const tls = protocol === 'https:';
  return { tls, host, port: port === '' ? (tls ? 443 : 80) : Number(port) };
}

const checkHeader: Check<string> = (value, key) => {
  const allowed = "the name of a header, of letters, digits and '-'";
  if (typeof value !== 'string' || !/^[a-z][a-z\d-]{0,99}$/i.test(value)) return check.refuse(key, value, allowed);
  const reserved = /^(?:authorization|host|connection|upgrade|content-length|transfer-encoding|cookie)$/i;
  return reserved.test(value) ? check.refuse(key, value, 'a header of your own, such as X-Tenant') : value;
};

const NETWORK = "a network such as '10.0.0.0/8' or 'fd00::/8'";

const checkNetwork: Check<string> = (value, key) => {
  const [, address = '', bits] =
    (typeof value === 'string' && /^([\d.]+|[\da-f:.]*:[\da-f:.]*)(?:\/(\d{1,3}))?$/i.exec(value)) || [];
  const isV6 = address.includes(':');
  const isValid = isV6 ? isIpv6(address) : /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?=\d)|$)){4}$/.test(address);
  if (!isValid || Number(bits ?? 0) > (isV6 ? 128 : 32)) return check.refuse(key, value, NETWORK);
  return value as string;
};

function isIpv6(address: string): boolean {
  try {
    return new URL(`http://[${address}]/`).hostname !== '';
  } catch {
    return false;
  }
}

const count = check.number({ min: 1, max: 1_000_000_000, integer: true });
const checkRateShape = check.shape<RateLimit>({
  limit: count,
  windowMs: check.number({ min: 1, max: 31_536_000_000 }),
});

/** Defaults that gateways share. */
export const SHARED_DEFAULTS = {
  burstShare: 0.1,
  jitterMs: 100,
  readTimeoutMs: 120_000,
  socketTimeoutMs: 600_000,
  listen: '127.0.0.1:8080',
} as const;

/** Checks a {@link RateLimit}. */
export const checkRate: Check<RateLimit> = (value, key) => {
  const rate = checkRateShape(value, key);
  for (const name of ['limit', 'windowMs'] as const) requireOption(rate, name, key);
  return rate;
};

function requireOption<T extends object>(options: T, name: keyof T & string, key: string): void {
  if (options[name] === undefined) throw new ConfigError(`${key}.${name} is missing`);
}

const checkTenant: Check<TenantHeader> = (value, key) => {
  const tenant = check.shape<TenantHeader>({ header: checkHeader, trustedFrom: check.list(checkNetwork) })(value, key);
  requireOption(tenant, 'header', key);
  requireOption(tenant, 'trustedFrom', key);
  if (tenant.trustedFrom.length === 0) check.refuse(`${key}.trustedFrom`, [], 'at least one network');
  return tenant;
};

const checkSockets: Check<GatewaySockets> = (value, key) => {
  const sockets = check.shape<GatewaySockets>({
    paths: check.list(check.text),
    origin: check.text,
    upgrades: checkRate,
    maxOpen: count,
  })(value, key);
  requireOption(sockets, 'paths', key);
  if (sockets.paths.length === 0) check.refuse(`${key}.paths`, [], 'at least one path');
  return sockets;
};

/** One check per option of {@link GatewayOptions}, for the options of a gateway that include them. */
export const GATEWAY_CHECKS = {
  platform: check.text,
  refusals: check.oneOf('genesys', 'cxone', 'plain'),
  withoutCredential: check.oneOf('refuse', 'share'),
  tenant: checkTenant,
  addresses: checkRate,
  sockets: checkSockets,
  dryRun: check.flag,
};

const checkOptions = check.shape<GatewayOptions>(GATEWAY_CHECKS);

/** Selects the options of all gateways from the options of one, so that `planGateway` does not see the others. */
export function gatewayOptionsOf(options: GatewayOptions): GatewayOptions {
  const names = Object.keys(GATEWAY_CHECKS) as (keyof GatewayOptions)[];
  return Object.fromEntries(names.map((name) => [name, options[name]])) as unknown as GatewayOptions;
}

/**
 * Checks the options of all gateways and adds the defaults.
 *
 * @throws ConfigError that names the key, the value and what is allowed.
 */
export function resolveOptions(value: GatewayOptions): ResolvedGatewayOptions {
  const options = checkOptions(value, 'options');
  requireOption(options, 'platform', 'options');
  const upstream = parseOrigin(options.platform, 'options.platform');
  const { sockets } = options;
  return {
    upstream,
    refusals: options.refusals ?? 'plain',
    withoutCredential: options.withoutCredential ?? 'refuse',
    tenant: options.tenant,
    addresses: options.addresses,
    sockets: sockets && {
      upstream: sockets.origin === undefined ? upstream : parseOrigin(sockets.origin, 'options.sockets.origin'),
      routes: sockets.paths.map((path, i) => parseSocketPath(path, `options.sockets.paths[${i}]`)),
      upgrades: sockets.upgrades,
      maxOpen: sockets.maxOpen,
    },
    dryRun: options.dryRun ?? false,
  };
}

function parseSocketPath(path: string, key: string): RoutePattern {
  if (!path.startsWith('/') || path.includes(' ')) check.refuse(key, path, "a path such as '/channels/:channelId'");
  return parseEndpoint(`GET ${path}`, key);
}
