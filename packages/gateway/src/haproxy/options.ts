import { check, ConfigError, type Check } from '@holdline/core';
import { GATEWAY_CHECKS, type GatewayOptions } from '../plan/options.js';

/**
 * Options of {@link haproxyConfig}.
 * @public
 */
export interface HaproxyOptions extends GatewayOptions {
  /**
   * Address and port of the gateway.
   * @defaultValue '127.0.0.1:8080'
   */
  listen?: string;
  /**
   * What is written: `file` is a whole configuration; `sections` leaves out `global`, for a second file beside your own, as in
   * `haproxy -f haproxy.cfg -f holdline.cfg`.
   * @defaultValue 'file'
   */
  form?: 'file' | 'sections';
  /**
   * Share of a quota that may leave at once. The rest leaves evenly, so that the quota holds in every window, wherever it starts. A small
   * share loses less of the quota; a large one delays less.
   * @defaultValue 0.1
   */
  burstShare?: number;
  /**
   * Address of the local peer, such as `127.0.0.1:10480` or `unix@/run/haproxy/holdline.sock`. A process that is started by a reload
   * takes the counts over through it. Only a whole file has it.
   * @defaultValue none: after a reload, each bucket is full again
   */
  peer?: string;
  /**
   * Number of credentials, tenants or other keys of which a table keeps the counts. The least recently used key is forgotten first.
   * @defaultValue 100,000
   */
  tableSize?: number;
}

/** The options of HAProxy alone, with their defaults. */
export interface ResolvedHaproxyOptions {
  readonly listen: string;
  readonly form: 'file' | 'sections';
  readonly burstShare: number;
  readonly peer: string | undefined;
  readonly tableSize: number;
}

/** A port, with an address in front of it that has no character that HAProxy would read as syntax. */
const ADDRESS = /^(?:\*|[\w.-]+|\[[\da-fA-F:.]+\])?:(\d{1,5})$/;
const SOCKET = /^unix@\/[\w./-]{1,100}$/;

const isAddress = (value: unknown): value is string => {
  const port = typeof value === 'string' ? Number(ADDRESS.exec(value)?.[1]) : NaN;
  return port >= 1 && port <= 65_535;
};

const checkListen: Check<string> = (value, key) =>
  isAddress(value) ? value : check.refuse(key, value, "an address with a port, such as '127.0.0.1:8080' or '*:8080'");

const checkPeer: Check<string> = (value, key) =>
  isAddress(value) || (typeof value === 'string' && SOCKET.test(value))
    ? value
    : check.refuse(key, value, "an address with a port, or a socket such as 'unix@/run/haproxy/holdline.sock'");

const checkOptions = check.shape<HaproxyOptions>({
  ...GATEWAY_CHECKS,
  listen: checkListen,
  form: check.oneOf('file', 'sections'),
  burstShare: check.number({ above: 0, max: 1 }),
  peer: checkPeer,
  tableSize: check.number({ min: 100, max: 10_000_000, integer: true }),
});

/**
 * Checks the options of HAProxy and adds the defaults.
 *
 * @throws ConfigError that names the key, the value and what is allowed.
 */
export function resolveHaproxyOptions(value: HaproxyOptions): ResolvedHaproxyOptions {
  const {
    listen = '127.0.0.1:8080',
    form = 'file',
    burstShare = 0.1,
    peer,
    tableSize = 100_000,
  } = checkOptions(value, 'options');
  if (peer !== undefined && form === 'sections')
    throw new ConfigError(
      "options.peer needs options.form 'file': the name of the local peer is a setting of `global`",
    );
  return { listen, form, burstShare, peer, tableSize };
}
