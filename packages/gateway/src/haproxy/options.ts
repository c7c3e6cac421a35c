import { check, ConfigError } from '@holdline/core';
import { ADDRESS, matching } from '../plan/text-checks.js';
import { GATEWAY_CHECKS, SHARED_DEFAULTS, type GatewayOptions } from '../plan/options.js';

/**
 * Options of {@link haproxyConfig}.
 * @public
 */
export interface HaproxyOptions extends GatewayOptions {
  /**
   * `snippet` gives the sections of the gateway, for a second file beside your own: `haproxy -f haproxy.cfg -f holdline.cfg`. `whole` adds
   * the section `global`, so that the file runs as it is.
   * @defaultValue 'snippet'
   */
  form?: 'snippet' | 'whole';
  /**
   * Part of each quota that may leave at once, above 0, at most 1. The remaining quota is spread evenly, so that the quota holds in every
   * window, wherever it starts. A small part gives a high sustained rate, a large part gives bursts.
   * @defaultValue 0.1 (ours: a sustained 90 % of the quota, and bursts of a tenth)
   */
  burstShare?: number;
  /**
   * Largest difference between the delays of two requests on their way from the gateway to the platform, in ms. Late requests bring
   * later ones closer together, so each window is taken to be longer by this time.
   * @defaultValue 100 (ours)
   */
  jitterMs?: number;
  /**
   * Number of credentials, tenants or other keys of which a table keeps the counts. A full table forgets the keys that were unused for
   * longest.
   * @defaultValue 100,000
   */
  tableSize?: number;
  /**
   * Longest silence of the platform during an answer, in ms. Long polls have to be shorter.
   * @defaultValue 120,000 (ours: twice the long poll of CXone)
   */
  readTimeoutMs?: number;
  /**
   * Longest silence of a WebSocket in both directions, in ms.
   * @defaultValue 600,000 (ours)
   */
  socketTimeoutMs?: number;
  /**
   * Where the access log goes, a line of JSON for each request: `stdout`, the address of a syslog server, or the absolute path of its
   * socket; `false` writes none.
   * @defaultValue 'stdout'
   */
  accessLog?: string | false;
  /**
   * Absolute path of the certificates that the platform's certificate is verified with.
   * @defaultValue those of the system
   */
  trustedCertificates?: string;
  /**
   * Address and port to listen on.
   * @defaultValue '127.0.0.1:8080'
   */
  listen?: string;
  /**
   * Absolute path of a file with a certificate and its key. HAProxy then listens with TLS.
   * @defaultValue none: HAProxy listens without TLS
   */
  certificate?: string;
  /**
   * With `form: 'whole'`: address of the local peer, such as `127.0.0.1:10480` or `unix@/run/haproxy/holdline.sock`. The process that a
   * reload starts takes the counts over through it.
   * @defaultValue none: after a reload, each quota may send its burst again
   */
  peer?: string;
}

/** The options of the file, with their defaults. */
export type ResolvedHaproxyOptions = Required<
  Omit<HaproxyOptions, keyof GatewayOptions | 'trustedCertificates' | 'certificate' | 'peer'>
> &
  Pick<HaproxyOptions, 'trustedCertificates' | 'certificate' | 'peer'>;

const PATH = /^(?:\/[\w.+@-]+)+$/;

const checkPath = matching(PATH, "an absolute path of letters, digits and '._+@-/'");
const checkListen = matching(new RegExp(ADDRESS, 'i'), "an address with a port, such as '127.0.0.1:8080' or '*:8080'");
const checkPeer = matching(
  new RegExp(`${ADDRESS}|^unix@(?:\\/[\\w.+-]+)+$`, 'i'),
  "an address with a port, or a socket such as 'unix@/run/haproxy/holdline.sock'",
);
const checkLog = matching(
  new RegExp(`^stdout$|${ADDRESS}|${PATH.source}`, 'i'),
  "'stdout', an address with a port such as '127.0.0.1:514', or an absolute path such as '/dev/log'",
);
const checkMs = check.number({ min: 1, max: 86_400_000, integer: true });

const checkOptions = check.shape<HaproxyOptions>({
  ...GATEWAY_CHECKS,
  form: check.oneOf('snippet', 'whole'),
  burstShare: check.number({ above: 0, max: 1 }),
  jitterMs: check.number({ min: 0, max: 60_000 }),
  tableSize: check.number({ min: 100, max: 10_000_000, integer: true }),
  readTimeoutMs: checkMs,
  socketTimeoutMs: checkMs,
  accessLog: check.orFalse(checkLog),
  trustedCertificates: checkPath,
  listen: checkListen,
  certificate: checkPath,
  peer: checkPeer,
});

/**
 * Checks the options of HAProxy and adds the defaults.
 *
 * @throws ConfigError that names the key, the value and what is allowed.
 */
export function resolveHaproxyOptions(value: HaproxyOptions): ResolvedHaproxyOptions {
  const options = checkOptions(value, 'options');
  const { form = 'snippet', trustedCertificates, certificate, peer } = options;
  if (peer !== undefined && form !== 'whole')
    throw new ConfigError(`options.peer needs options.form 'whole', got '${form}'`);
  return {
    form,
    burstShare: options.burstShare ?? SHARED_DEFAULTS.burstShare,
    jitterMs: options.jitterMs ?? SHARED_DEFAULTS.jitterMs,
    tableSize: options.tableSize ?? 100_000,
    readTimeoutMs: options.readTimeoutMs ?? SHARED_DEFAULTS.readTimeoutMs,
    socketTimeoutMs: options.socketTimeoutMs ?? SHARED_DEFAULTS.socketTimeoutMs,
    accessLog: options.accessLog ?? 'stdout',
    listen: options.listen ?? SHARED_DEFAULTS.listen,
    ...(trustedCertificates !== undefined && { trustedCertificates }),
    ...(certificate !== undefined && { certificate }),
    ...(peer !== undefined && { peer }),
  };
}
