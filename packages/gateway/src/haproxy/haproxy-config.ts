import type { HoldlineConfig } from '@holdline/core';
import { gatewayOptionsOf } from '../plan/options.js';
import { planGateway } from '../plan/plan-gateway.js';
import type { GatewayFiles, GatewayPlan, Upstream } from '../plan/types.js';
import { type Counters, placeCounters } from './counters.js';
import { type HaproxyOptions, type ResolvedHaproxyOptions, resolveHaproxyOptions } from './options.js';
import { routesOfTable } from './route-sets.js';
import { requestRules } from './rules.js';
import { comment } from './text.js';

/**
 * Writes the file of an HAProxy that keeps the quotas of a configuration for everyone behind it. HAProxy 2.6 or newer reads it, if it is
 * built with PCRE or PCRE2, as those of Debian and of the official images are.
 *
 * - `holdline.cfg`: with `form: 'snippet'`, the sections of the gateway for a second file beside your own
 * - `haproxy.cfg`: with `form: 'whole'`, a configuration that runs as it is
 *
 * A refused request gets 429 and the exact time until its quota has room as `Retry-After`. What HAProxy cannot keep is a comment at the top.
 *
 * @param config - The configuration of a line, such as a preset.
 * @param options - The platform, and what the gateway has to know besides.
 * @throws ConfigError for a wrong configuration or option, or if a request would be counted by more than three keys, which HAProxy cannot
 *   do; the message names the key, the value and what is allowed.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { haproxyConfig } from '@holdline/gateway';
 * import { genesysCloud } from '@holdline/genesys';
 *
 * const options = { platform: 'https://api.mypurecloud.com', refusals: 'genesys', form: 'whole' } as const;
 * const files = haproxyConfig(genesysCloud(), options);
 * for (const [name, text] of Object.entries(files)) await writeFile(`/etc/haproxy/${name}`, text);
 * ```
 * @public
 */
export function haproxyConfig(config: HoldlineConfig, options: HaproxyOptions): GatewayFiles {
  const resolved = resolveHaproxyOptions(options);
  const text = printHaproxy(planGateway(config, gatewayOptionsOf(options)), resolved);
  return { [resolved.form === 'whole' ? 'haproxy.cfg' : 'holdline.cfg']: text };
}

/** Writes the file of a plan. */
export function printHaproxy(plan: GatewayPlan, options: ResolvedHaproxyOptions): string {
  const counters = placeCounters(plan, options);
  const blocks = [
    head(plan, options),
    ...(options.form === 'whole' ? [globalSection(options)] : []),
    ...(options.peer === undefined
      ? []
      : [
          [
            '# A process that a reload starts takes the counts over through this socket, five seconds after the first start or later.',
            'peers holdline',
            `  peer holdline ${options.peer}`,
          ],
        ]),
    ...(needsResolver(plan) ? [['resolvers holdline', '  parse-resolv-conf']] : []),
    ...tableSections(counters, options),
    frontend(plan, options, counters),
    backend('holdline_platform', plan.upstream, options),
    ...(plan.sockets ? [backend('holdline_upgrades', plan.sockets.upstream, options)] : []),
  ];
  return `${blocks.map((lines) => lines.map((line) => line.trimEnd()).join('\n')).join('\n\n')}\n`;
}

function head(plan: GatewayPlan, { form }: ResolvedHaproxyOptions): string[] {
  const paragraphs = [
    `Written by @holdline/gateway for HAProxy 2.6 or newer. Change the configuration it was written from, not this file.`,
    'How it counts. http_req_rate is a sliding average over two periods and lets up to twice its limit into one window. So each quota is a bucket instead: the time in µs until which its permits are spent, in two elements of a stick table. A bucket lets its burst through at once and then one request each interval. Burst and interval are chosen so that the limit holds in any window, wherever the platform starts it; the rest of the quota is the price of the burst.',
    'A refused request is not counted, gets 429 with the seconds until its bucket has a permit, and has not reached the platform.',
    'The counts are those of one HAProxy process. Two instances side by side let twice the quota through: give each its share.',
    ...(form === 'snippet'
      ? [
          'Set `nbthread 1` in your section `global`, so that no two threads look at a bucket at once: each further thread may let one request more through. The stick counters sc0, sc1 and sc2 are used.',
        ]
      : []),
    ...(plan.dryRun ? ['DRY RUN: nothing is refused. The log shows what would be.'] : []),
    ...plan.notes.map((note) => `Not kept: ${note}`),
  ];
  return paragraphs.flatMap((paragraph, i) => [...(i === 0 ? [] : ['#']), ...comment(paragraph)]);
}

function globalSection({ peer }: ResolvedHaproxyOptions): string[] {
  return [
    'global',
    '  # One thread looks at a bucket and spends its permit without another in between. It serves thousands of requests per second.',
    '  nbthread 1',
    '  # A process that a reload replaced ends its sockets after this time.',
    '  hard-stop-after 1h',
    ...(peer === undefined ? [] : ['  localpeer holdline']),
  ];
}

function tableSections(counters: Counters, { peer, tableSize }: ResolvedHaproxyOptions): string[][] {
  return counters.tables
    .filter((table) => routesOfTable(table, counters)?.length !== 0)
    .map((table) => {
      const stored = [
        ...(table.buckets > 0 ? [`gpt(${2 * table.buckets})`] : []),
        ...(table.countsSockets ? ['conn_cur'] : []),
      ];
      const peers = peer === undefined ? '' : ' peers holdline';
      return [
        ...comment(
          table.countsSockets ? 'Open sockets of a credential, or of a client address.' : `Per ${table.words}.`,
        ),
        `backend ${table.name}`,
        `  stick-table type string len 64 size ${tableSize} expire ${table.expireMs}ms${peers} store ${stored.join(',')}`,
      ];
    });
}

function frontend(plan: GatewayPlan, options: ResolvedHaproxyOptions, counters: Counters): string[] {
  const { listen, certificate, accessLog, readTimeoutMs } = options;
  return [
    'frontend holdline',
    '  mode http',
    `  bind ${listen}${certificate === undefined ? '' : ` ssl crt ${certificate} alpn h2,http/1.1 ssl-min-ver TLSv1.2`}`,
    `  timeout client ${readTimeoutMs}ms`,
    '  timeout http-request 10s',
    '  timeout http-keep-alive 1m',
    '  # A client that has an idle connection during a reload can still send on it.',
    '  option idle-close-on-response',
    ...(accessLog === false
      ? []
      : [
          '  # Paths, queries and tokens are not logged: a path may hold the id of a session, which is a secret.',
          '  option dontlognull',
          `  log ${accessLog} len 4096 format raw local0 info`,
          `  log-format '${LOG_FORMAT}'`,
        ]),
    '',
    ...requestRules(plan, counters).map((line) => (line === '' ? '' : `  ${line}`)),
    '',
    ...(plan.sockets ? ['  use_backend holdline_upgrades if { var(txn.hl_pattern) -m str upgrade }'] : []),
    '  default_backend holdline_platform',
  ];
}

const logged = (name: string): string => `"%[var(txn.hl_${name},-)]"`;

/** Fields of the access log: those of NGINX, with the quota that refused and the seconds of Retry-After. -1 is a time, and - a text, that there is not. */
const LOG_FORMAT = `{${[
  ['at', '%Ts.%ms'],
  ['requestId', logged('id')],
  ['credential', logged('credential')],
  ['route', logged('pattern')],
  ['status', '%ST'],
  ['ms', '%Ta'],
  ['platformMs', '%Tr'],
  ['limit', logged('status')],
  ['zone', logged('zone')],
  ['retryAfter', logged('retry')],
  ['bytesSent', '%B'],
  ['address', '"%ci"'],
]
  .map(([name = '', value = '']) => `"${name}":${value}`)
  .join(',')}}`;

function backend(name: string, upstream: Upstream, options: ResolvedHaproxyOptions): string[] {
  const { host, port, tls } = upstream;
  const isDefaultPort = port === (tls ? 443 : 80);
  const isName = !isAddress(host);
  const server = [
    `server platform ${host}:${port}`,
    ...(tls
      ? [`ssl verify required ca-file ${options.trustedCertificates ?? '@system-ca'} ssl-min-ver TLSv1.2 alpn http/1.1`]
      : []),
    ...(tls && isName ? [`sni str(${host})`] : []),
    ...(isName ? ['resolvers holdline init-addr last,libc,none'] : []),
  ];
  return [
    `backend ${name}`,
    '  mode http',
    '  timeout connect 10s',
    '  timeout queue 10s',
    `  timeout server ${options.readTimeoutMs}ms`,
    `  timeout tunnel ${options.socketTimeoutMs}ms`,
    '  # A request that was sent is never sent again: it may have been executed. Only a connection that was not made is tried again.',
    '  option http-server-close',
    '  retry-on conn-failure',
    '  retries 2',
    `  http-request set-header Host ${host}${isDefaultPort ? '' : `:${port}`}`,
    `  ${server.join(' ')}`,
  ];
}

/** Whether a host needs no resolver. */
const isAddress = (host: string): boolean => host.startsWith('[') || /^[\d.]+$/.test(host);

const needsResolver = ({ upstream, sockets }: GatewayPlan): boolean =>
  !isAddress(upstream.host) || (sockets !== undefined && !isAddress(sockets.upstream.host));
