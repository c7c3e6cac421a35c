import { check, ConfigError } from '@holdline/core';
import { GATEWAY_CHECKS, SHARED_DEFAULTS, type GatewayOptions } from '../plan/options.js';
import { ADDRESS_OR_PORT, matching } from '../plan/text-checks.js';

/**
 * Options of {@link nginxConfig}.
 * @public
 */
export interface NginxOptions extends GatewayOptions {
  /**
   * `snippet` gives two files to include in a configuration that exists, one in `http {}` and one in a `server {}`. `whole` adds an
   * `nginx.conf` that runs as it is.
   * @defaultValue 'snippet'
   */
  form?: 'snippet' | 'whole';
  /**
   * Absolute path of the directory in which NGINX finds the files.
   * @defaultValue '/etc/nginx/holdline'
   */
  directory?: string;
  /**
   * Part of each quota that may leave at once, above 0, at most 1. The remaining quota is spread evenly: NGINX knows no windows, and keeps
   * `burst + rate * window <= limit`. A small part gives a high sustained rate, a large part gives bursts.
   * @defaultValue 0.1 (ours: a sustained 90 % of the quota, and bursts of a tenth)
   */
  burstShare?: number;
  /**
   * Longest time that a request above the rate waits in NGINX, in ms. A request that would wait longer is refused at once; 0 refuses
   * all.
   * @defaultValue 10,000 (ours: below the 16 s after which the Genesys SDK gives up)
   */
  maxWaitMs?: number;
  /**
   * Largest difference between the delays of two requests on their way from the gateway to the platform, in ms. Late requests bring
   * later ones closer together, so each window is taken to be longer by this time.
   * @defaultValue 100 (ours)
   */
  jitterMs?: number;
  /**
   * Shared memory of each zone in MB. One MB holds some 8,000 keys; a full zone forgets the keys that were unused for longest.
   * @defaultValue 10
   */
  zoneMegabytes?: number;
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
   * Absolute path of the access log, a line of JSON for each request; `false` writes none.
   * @defaultValue '/var/log/nginx/holdline.log'
   */
  accessLog?: string | false;
  /**
   * Addresses of DNS servers. With them, NGINX looks the platform up again when its addresses expire, and opens a connection for each
   * request; IPv6 addresses of the platform are used only if a DNS server has one. Without, it looks the platform up when it starts or
   * reloads, and keeps connections open.
   * @defaultValue none
   */
  resolver?: string[];
  /**
   * Absolute path of the certificates that the platform's certificate is verified with.
   * @defaultValue '/etc/ssl/certs/ca-certificates.crt' (Debian)
   */
  trustedCertificates?: string;
  /**
   * With `form: 'whole'`: address and port to listen on.
   * @defaultValue '127.0.0.1:8080'
   */
  listen?: string;
  /**
   * With `form: 'whole'`: absolute paths of a certificate and its key. NGINX then listens with TLS.
   * @defaultValue none: NGINX listens without TLS
   */
  certificate?: { certificate: string; key: string };
  /**
   * With `form: 'whole'`: directory of the module for njs, absolute or relative to NGINX's prefix.
   * @defaultValue 'modules'
   */
  modulesDirectory?: string;
  /**
   * With `form: 'whole'`: absolute path of a directory for the pid, the error log and temporary files, for an NGINX without root.
   * @defaultValue NGINX's own places
   */
  stateDirectory?: string;
}

/** The options of the file, with their defaults. */
export type ResolvedNginxOptions = Required<
  Omit<NginxOptions, keyof GatewayOptions | 'certificate' | 'stateDirectory'>
> &
  Pick<NginxOptions, 'certificate' | 'stateDirectory'>;

const checkPath = matching(/^(?:\/[\w.+@-]+)+\/?$/, "an absolute path of letters, digits and '._+@-/'");
const checkListen = matching(
  new RegExp(ADDRESS_OR_PORT, 'i'),
  "a port from 1 to 65535, or an address with a port, such as '8080' or '127.0.0.1:8080'",
);
const checkResolver = matching(
  /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])(?::\d{1,5})?$/i,
  "the address of a DNS server, such as '10.0.0.2' or '[fd00::2]'",
);
const checkModules = matching(/^\/?[\w.+@-]+(?:\/[\w.+@-]+)*\/?$/, "a path of letters, digits and '._+@-/'");

const checkMs = check.number({ min: 1, max: 86_400_000 });
const checkResolvers = check.list(checkResolver);

const checkOptions = check.shape<NginxOptions>({
  ...GATEWAY_CHECKS,
  form: check.oneOf('snippet', 'whole'),
  directory: checkPath,
  burstShare: check.number({ above: 0, max: 1 }),
  maxWaitMs: check.number({ min: 0, max: 3_600_000 }),
  jitterMs: check.number({ min: 0, max: 60_000 }),
  zoneMegabytes: check.number({ min: 1, max: 1_024, integer: true }),
  readTimeoutMs: checkMs,
  socketTimeoutMs: checkMs,
  accessLog: check.orFalse(checkPath),
  resolver: checkResolvers,
  trustedCertificates: checkPath,
  listen: checkListen,
  certificate: check.shape<{ certificate: string; key: string }>({ certificate: checkPath, key: checkPath }),
  modulesDirectory: checkModules,
  stateDirectory: checkPath,
});

const ONLY_WHOLE = ['listen', 'certificate', 'modulesDirectory', 'stateDirectory'] as const;

/**
 * Checks the options of NGINX and adds the defaults.
 *
 * @throws ConfigError that names the key, the value and what is allowed.
 */
export function resolveNginxOptions(value: NginxOptions): ResolvedNginxOptions {
  const options = checkOptions(value, 'options');
  const { form = 'snippet', certificate } = options;
  const misplaced = ONLY_WHOLE.find((name) => form === 'snippet' && options[name] !== undefined);
  if (misplaced) throw new ConfigError(`options.${misplaced} needs options.form 'whole', got '${form}'`);
  if (certificate && !(certificate.certificate && certificate.key))
    throw new ConfigError('options.certificate needs certificate and key');
  return {
    form,
    directory: (options.directory ?? '/etc/nginx/holdline').replace(/\/$/, ''),
    burstShare: options.burstShare ?? SHARED_DEFAULTS.burstShare,
    maxWaitMs: options.maxWaitMs ?? 10_000,
    jitterMs: options.jitterMs ?? SHARED_DEFAULTS.jitterMs,
    zoneMegabytes: options.zoneMegabytes ?? 10,
    readTimeoutMs: options.readTimeoutMs ?? SHARED_DEFAULTS.readTimeoutMs,
    socketTimeoutMs: options.socketTimeoutMs ?? SHARED_DEFAULTS.socketTimeoutMs,
    accessLog: options.accessLog ?? '/var/log/nginx/holdline.log',
    resolver: options.resolver ?? [],
    trustedCertificates: options.trustedCertificates ?? '/etc/ssl/certs/ca-certificates.crt',
    listen: options.listen ?? SHARED_DEFAULTS.listen,
    ...(certificate && { certificate }),
    modulesDirectory: (options.modulesDirectory ?? 'modules').replace(/\/$/, ''),
    ...(options.stateDirectory !== undefined && { stateDirectory: options.stateDirectory.replace(/\/$/, '') }),
  };
}
