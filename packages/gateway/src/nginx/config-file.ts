import type { GatewayPlan, SocketPlan, Upstream } from '../plan/types.js';
import { comment, quoteText } from './escape.js';
import type { ResolvedNginxOptions } from './options.js';
import { printRate, SLOT_OPEN_MS } from './rates.js';
import type { RatedZone } from './script.js';

/** What the files are written from. */
export interface NginxModel {
  readonly plan: GatewayPlan;
  readonly options: ResolvedNginxOptions;
  /** All zones. */
  readonly rated: readonly RatedZone[];
}

const HEADER = comment('Written by @holdline/gateway. Changes here are lost when the file is written again.');

export const FILES = {
  script: 'holdline.js',
  http: 'holdline.conf',
  server: 'holdline-server.conf',
  whole: 'nginx.conf',
} as const;

const printTime = (ms: number): string => `${ms}ms`;

/** The part for `http {}`: zones and variables. */
export function printHttp(model: NginxModel): string {
  const { plan, options, rated } = model;
  const { sockets } = plan;
  const size = `${options.zoneMegabytes}m`;
  const variables = rated.map(({ zone: { id } }) => `js_set $holdline_zone_${id} holdline.zone_${id};\n`);
  const parts = [
    HEADER,
    comment(`Include it in http {}, and ${FILES.server} in the server {} that takes the requests.`),
    comment('The zones count in this NGINX. Several gateways in a row or side by side each count for themselves.'),
    plan.notes.length > 0 && `#\n${comment('Not kept by this gateway:')}`,
    ...plan.notes.map((note) => comment(`- ${note}`)),
    plan.dryRun && `#\n${comment('Dry run: requests are counted and logged, never delayed or refused.')}`,
    `\njs_import holdline from ${options.directory}/${FILES.script};\n`,
    comment('A digest of the Authorization header. The header itself is in no zone and no log.'),
    'js_set $holdline_credential holdline.credential;\n',
    'js_set $holdline_route holdline.route;\n',
    'js_set $holdline_long holdline.long;\n',
    'js_set $holdline_missing holdline.missing;\n',
    'js_set $holdline_closed holdline.closed;\n',
    sockets && 'js_set $holdline_socket holdline.socket;\n',
    sockets?.maxOpen !== undefined && 'js_set $holdline_conn holdline.conn;\n',
    rated.length > 0 && comment('The key of a request in each zone; empty if the zone does not count the request.'),
    ...variables,
    `\n${printTenant(plan)}`,
    ...rated.map((each) => printZone(each, size)),
    sockets?.maxOpen !== undefined && `\nlimit_conn_zone $holdline_conn zone=holdline_sockets:${size};\n`,
    `\n${printUpstreams(model)}`,
    options.accessLog !== false && `\n${LOG_FORMAT}`,
  ];
  return join(parts);
}

function printTenant({ tenant }: GatewayPlan): string {
  if (!tenant) return comment('No tenant header is trusted.') + 'map "" $holdline_tenant {\n  default "";\n}\n';
  const variable = `$http_${tenant.header.toLowerCase().replaceAll('-', '_')}`;
  return join([
    comment('Behind a load balancer, set the client address with the realip module: trust is by address.'),
    'geo $holdline_trusted {\n  default 0;\n',
    ...tenant.trustedFrom.map((network) => `  ${network} 1;\n`),
    '}\n',
    `map $holdline_trusted $holdline_tenant {\n  1 ${variable};\n  default "";\n}\n`,
  ]);
}

function printZone({ zone, rate }: RatedZone, size: string): string {
  const variable = `$holdline_zone_${zone.id}`;
  const { limit, windowMs, burst, counts, label } = zone;
  const window = `${limit} per ${windowMs} ms`;
  const asked = counts === 'bucket' ? `${burst} at once, then ${window}` : window;
  let text = `\n${comment(`${quoteText(label)}: ${asked}, by ${describeKey(zone.key)}.`)}`;
  if (rate.kind === 'slots') {
    text += comment(
      `NGINX's lowest rate is 1 per minute. So each ${rate.slotMs} ms are a slot: ${rate.atOnce} requests in its first ${SLOT_OPEN_MS} ms, and none in the rest.`,
    );
    return `${text}limit_req_zone ${variable} zone=holdline_zone_${zone.id}:${size} rate=1r/m;\n`;
  }
  const kept = (rate.milliPerSec * windowMs) / 1e6;
  const share = Math.min(100, Math.floor((kept / limit) * 1000) / 10);
  text += comment(
    `NGINX keeps ${rate.atOnce} at once and ${rate.perMinute} a minute: ${share} % of the quota, sustained; ${rate.queued} more may wait.`,
  );
  return `${text}limit_req_zone ${variable} zone=holdline_zone_${zone.id}:${size} rate=${printRate(rate)};\n`;
}

function describeKey(key: GatewayPlan['zones'][number]['key']): string {
  if (key.by === 'parameter') return `the parameter ${quoteText(key.name)}`;
  if (key.by === 'route') return 'credential and route';
  return key.by === 'all' ? 'nothing: all requests together' : key.by;
}

function printUpstreams({ plan: { upstream, sockets }, options }: NginxModel): string {
  if (options.resolver.length > 0)
    return comment('The platform is looked up while NGINX runs. Connections to it are not kept open.');
  const print = (name: string, { host, port }: Upstream): string => `upstream ${name} {
  # Of several addresses, NGINX leaves out one that fails.
  server ${host}:${port} max_fails=3 fail_timeout=10s;
  # Shorter than the idle time of the platform's load balancer: a request must not meet a connection that closes.
  keepalive 64;
  keepalive_timeout 30s;
}
`;
  return join([
    comment('NGINX looks the platform up when it starts or reloads. Reload it regularly, or use the option resolver.'),
    print('holdline_platform', upstream),
    sockets && print('holdline_socket_platform', sockets.upstream),
  ]);
}

const LOG_FORMAT = `# Paths, queries and tokens are not logged: a path may hold the id of a session, which is a secret.
log_format holdline escape=json '{"at":$msec,"requestId":"$request_id","credential":"$holdline_credential",'
  '"route":"$holdline_route","status":$status,"platformStatus":"$upstream_status","seconds":$request_time,'
  '"platformSeconds":"$upstream_response_time","limit":"$limit_req_status","sockets":"$limit_conn_status",'
  '"bytesSent":$bytes_sent,"address":"$remote_addr"}';
`;

/** The part for `server {}`: locations. Each has all of its directives, so that other locations of the server stay as they are. */
export function printServer(model: NginxModel): string {
  const { plan } = model;
  const { sockets } = plan;
  return join([
    HEADER,
    '\nlocation / {\n',
    printLog(model),
    printAnswers(),
    comment('A path of more than 2,048 characters takes too long to read.', '  '),
    '  if ($holdline_long) {\n    return 414;\n  }\n',
    sockets && '  error_page 418 = @holdline_socket;\n  if ($holdline_socket) {\n    return 418;\n  }\n',
    '  if ($holdline_missing) {\n    return 401;\n  }\n',
    CLOSED,
    printStatus(model),
    ...printLimits(model, 'requests'),
    printProxy(model, plan.upstream, 'holdline_platform', false),
    '}\n',
    sockets && printSocketLocation(model, sockets),
    `\nlocation @holdline_refused {\n${printLog(model)}  js_content holdline.refuse;\n}\n`,
    `\nlocation @holdline_unauthorized {\n${printLog(model)}  js_content holdline.unauthorized;\n}\n`,
  ]);
}

const CLOSED = '  if ($holdline_closed) {\n    return 429;\n  }\n';

function printSocketLocation(model: NginxModel, sockets: SocketPlan): string {
  return join([
    '\n',
    comment('limit_req counts the upgrade of a socket and sees no frame. Frames stay with @holdline/websocket.'),
    'location @holdline_socket {\n',
    printLog(model),
    printAnswers(),
    CLOSED,
    printStatus(model),
    ...printLimits(model, 'upgrades'),
    sockets.maxOpen !== undefined && `  limit_conn holdline_sockets ${sockets.maxOpen};\n`,
    printProxy(model, sockets.upstream, 'holdline_socket_platform', true),
    '}\n',
  ]);
}

function printLog({ options: { accessLog } }: NginxModel): string {
  return accessLog === false ? '' : `  access_log ${accessLog} holdline;\n`;
}

function printAnswers(): string {
  return `  error_page 401 = @holdline_unauthorized;\n  error_page 429 = @holdline_refused;\n  recursive_error_pages on;\n`;
}

function printStatus({ plan: { dryRun } }: NginxModel): string {
  return join([
    '  limit_req_status 429;\n  limit_conn_status 429;\n',
    dryRun && '  limit_req_dry_run on;\n  limit_conn_dry_run on;\n',
    comment('A refusal is an ordinary event, and a line in the error log would show the path.', '  '),
    '  limit_req_log_level info;\n  limit_conn_log_level info;\n',
  ]);
}

function printLimits({ rated }: NginxModel, counted: RatedZone['of']): string[] {
  const found = rated.filter(({ of }) => of === counted || of === 'all');
  return found.map(({ zone, rate }) => {
    const delay = rate.atOnce - 1;
    const burst = rate.kind === 'slots' ? delay : delay + rate.queued;
    const isWaiting = burst > delay;
    const parts = [
      `limit_req zone=holdline_zone_${zone.id}`,
      burst > 0 && `burst=${burst}`,
      // Without delay=, every request above the rate waits, the first included.
      isWaiting && delay > 0 && `delay=${delay}`,
      burst > 0 && !isWaiting && 'nodelay',
    ];
    return `  ${parts.filter(Boolean).join(' ')};\n`;
  });
}

function printProxy({ plan, options }: NginxModel, upstream: Upstream, group: string, isSocket: boolean): string {
  const { tls, host, port } = upstream;
  const isDefault = port === (tls ? 443 : 80);
  const scheme = tls ? 'https' : 'http';
  const target = options.resolver.length > 0 ? '$holdline_host' : group;
  return join([
    '\n',
    comment('The path goes on as the client sent it: every reading of it was counted.', '  '),
    options.resolver.length > 0 &&
      `  resolver ${printResolver(options.resolver)};\n  set $holdline_host "${host}:${port}";\n`,
    `  proxy_pass ${scheme}://${target};\n`,
    '  proxy_http_version 1.1;\n',
    `  proxy_set_header Host ${host}${isDefault ? '' : `:${port}`};\n`,
    isSocket
      ? '  proxy_set_header Upgrade $http_upgrade;\n  proxy_set_header Connection upgrade;\n'
      : '  proxy_set_header Upgrade "";\n  proxy_set_header Connection "";\n',
    comment('Of several Authorization headers, the one that was counted goes on.', '  '),
    '  proxy_set_header Authorization $http_authorization;\n',
    plan.tenant && `  proxy_set_header ${plan.tenant.header} $holdline_tenant;\n`,
    tls &&
      `  proxy_ssl_server_name on;\n  proxy_ssl_name ${host};\n  proxy_ssl_protocols TLSv1.2 TLSv1.3;\n  proxy_ssl_verify on;\n  proxy_ssl_verify_depth 4;\n  proxy_ssl_trusted_certificate ${options.trustedCertificates};\n`,
    comment('A gateway must not repeat a request: the platform may have executed it.', '  '),
    '  proxy_next_upstream off;\n',
    comment('Bodies go on as they come, in both directions. The platform decides how large they may be.', '  '),
    '  client_max_body_size 0;\n  proxy_buffering off;\n  proxy_request_buffering off;\n',
    `  proxy_connect_timeout 10s;\n  proxy_send_timeout ${printTime(isSocket ? options.socketTimeoutMs : 60_000)};\n`,
    `  proxy_read_timeout ${printTime(isSocket ? options.socketTimeoutMs : options.readTimeoutMs)};\n`,
  ]);
}

/** Behind a DNS server with an IPv4 address, the machine may have no IPv6 route, and half of the requests would fail. */
function printResolver(servers: readonly string[]): string {
  return servers.some((server) => server.startsWith('[')) ? servers.join(' ') : `${servers.join(' ')} ipv6=off`;
}

/** A configuration that runs as it is. */
export function printWhole({ options }: NginxModel): string {
  const { directory, listen, certificate, modulesDirectory, stateDirectory: state } = options;
  return join([
    HEADER,
    `load_module ${modulesDirectory}/ngx_http_js_module.so;\n`,
    'worker_processes auto;\n',
    state && `pid ${state}/nginx.pid;\nerror_log ${state}/error.log;\n`,
    '\nevents {\n  worker_connections 4096;\n}\n\nhttp {\n',
    ...(state ? ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'] : []).map(
      (name) => `  ${name}_temp_path ${state}/${name};\n`,
    ),
    '  access_log off;\n  server_tokens off;\n',
    comment('Large tokens and cookies.', '  '),
    '  large_client_header_buffers 8 32k;\n',
    `  include ${directory}/${FILES.http};\n\n  server {\n`,
    `    listen ${listen}${certificate ? ' ssl http2' : ''};\n`,
    certificate &&
      `    ssl_certificate ${certificate.certificate};\n    ssl_certificate_key ${certificate.key};\n    ssl_protocols TLSv1.2 TLSv1.3;\n`,
    `    include ${directory}/${FILES.server};\n  }\n}\n`,
  ]);
}

function join(parts: readonly (string | false | undefined | null)[]): string {
  return parts.filter((part) => typeof part === 'string').join('');
}
