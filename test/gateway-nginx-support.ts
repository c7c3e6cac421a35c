import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import type { HoldlineConfig } from '@holdline/core';
import { nginxConfig, type NginxOptions } from '@holdline/gateway';
import type { Simulator } from '@holdline/simulator';
import { startNginx, type NginxProcess } from '@holdline/test-servers';

/** The files of a gateway in front of a platform. */
export function gatewayFiles(
  config: HoldlineConfig,
  options: NginxOptions,
  { directory, port, modules }: { directory: string; port: number; modules: string },
): Readonly<Record<string, string>> {
  return nginxConfig(config, {
    form: 'whole',
    directory,
    stateDirectory: directory,
    accessLog: `${directory}/access.log`,
    modulesDirectory: modules,
    listen: `127.0.0.1:${port}`,
    ...options,
  });
}

/** Starts an NGINX with a configuration in front of a platform. It ends with the test. */
export function startGateway(
  config: HoldlineConfig,
  platform: { url: string },
  options: Partial<NginxOptions> = {},
): Promise<NginxProcess> {
  return startNginx((place) => gatewayFiles(config, { platform: platform.url, ...options }, place));
}

export interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends a request on a connection of its own. The path reaches the wire as it is. */
export async function send(
  { url }: { url: string },
  path: string,
  {
    token,
    method = 'GET',
    headers = {},
    ca = '',
  }: { token?: string; method?: string; headers?: Record<string, string>; ca?: string } = {},
): Promise<Sent> {
  const { protocol, hostname, port } = new URL(url);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const options = { hostname, port, path, method, headers: { ...authorization, ...headers }, agent: false as const };
  const sent = protocol === 'https:' ? requestTls({ ...options, ca }) : request(options);
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** A new access token of the simulator. */
export async function tokenOf(simulator: Simulator): Promise<string> {
  const response = await fetch(`${simulator.url}/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('id:secret').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Counts answers by status. */
export function countStatuses(answers: readonly { status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** The lines of the access log. NGINX writes them after the answers. */
export function logLines(gateway: NginxProcess): Record<string, unknown>[] {
  const lines = gateway.read('access.log').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
