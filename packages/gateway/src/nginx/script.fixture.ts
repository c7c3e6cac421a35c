import type { HoldlineConfig } from '@holdline/core';
import { nginxConfig } from './nginx-config.js';
import type { NginxOptions } from './options.js';

/** What the script sees of a request. */
export interface FakeRequest {
  readonly variables: Record<string, string | undefined>;
  readonly headersOut: Record<string, string>;
  answer?: { status: number; body: unknown };
  return(status: number, text: string): void;
}

/** The functions of the script, as NGINX calls them. */
export type Script = Record<string, (r: FakeRequest) => string>;

let requests = 0;

/** A request as njs shows it. */
export function fakeRequest(method: string, target: string, headers: Record<string, string> = {}): FakeRequest {
  const named = Object.entries(headers).map(([name, value]) => [
    `http_${name.toLowerCase().replaceAll('-', '_')}`,
    value,
  ]);
  const r: FakeRequest = {
    variables: {
      request_id: (++requests).toString(16).padStart(32, '0'),
      request_method: method,
      request_uri: target,
      remote_addr: '192.0.2.1',
      ...(Object.fromEntries(named) as Record<string, string>),
    },
    headersOut: {},
    return: (status, text) => void (r.answer = { status, body: JSON.parse(text) as unknown }),
  };
  return r;
}

/** Loads a script into Node, which reads the same language as njs and more. */
export async function loadScript(text: string): Promise<Script> {
  // A data URL cannot hold a lone surrogate, and the script is ASCII.
  const module = (await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)) as {
    default: Script;
  };
  return module.default;
}

/** The script of a configuration. */
export function scriptOf(config: HoldlineConfig, options: Partial<NginxOptions> = {}): Promise<Script> {
  const files = nginxConfig(config, { platform: 'https://api.example.com', ...options });
  return loadScript(files['holdline.js'] as string);
}

/** The keys of a request in the zones that count it, by the id of the zone. */
export function keysOf(script: Script, r: FakeRequest): Record<string, string> {
  const zones = Object.keys(script).filter((name) => name.startsWith('zone_'));
  const keys = zones.map((name) => [name.slice('zone_'.length), (script[name] as Script[string])(r)] as const);
  return Object.fromEntries(keys.filter(([, key]) => key !== ''));
}
