import type { HoldlineEvents, OutcomeClass } from '@holdline/core';
import type { Attributes } from '@opentelemetry/api';

/** The methods that the semantic conventions know. Others are `_OTHER`. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']);

/** Returns the method for the attribute `http.request.method`. */
export function methodAttribute(method: string): string {
  return METHODS.has(method) ? method : '_OTHER';
}

// Most attempts have the origin of the attempt before.
let lastOrigin = '';
let lastServer: Attributes = {};

/** Returns `server.address` and `server.port` of an origin; nothing for a relative URL. */
export function serverAttributes(origin: string): Attributes {
  if (origin !== lastOrigin) {
    lastServer = parseServer(origin);
    lastOrigin = origin;
  }
  return lastServer;
}

function parseServer(origin: string): Attributes {
  try {
    const { hostname, port, protocol } = new URL(origin);
    const usual = protocol === 'https:' ? 443 : 80;
    return { 'server.address': hostname, 'server.port': port === '' ? usual : Number(port) };
  } catch {
    // A relative URL, or the name that stands for all further origins.
    return origin === '' ? {} : { 'server.address': origin };
  }
}

/** Returns the path template of a route such as `GET /api/v2/users/:id`. */
export function templateOf(route: string): string {
  return route.slice(route.indexOf(' ') + 1);
}

/** Returns the status if it is one, so that garbage makes no series. */
export function validStatus(status: number | undefined): number | undefined {
  return status !== undefined && Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}

/** Returns `error.type` of an attempt; undefined for an attempt without an error. */
export function attemptError(outcome: OutcomeClass, status: number | undefined): string | undefined {
  const valid = validStatus(status);
  if (valid !== undefined && valid >= 400) return String(valid);
  return outcome === 'ok' ? undefined : outcome;
}

/** Returns `error.type` of a failed call: the code of Holdline, the status of the platform, or `_OTHER`. */
export function callError({ error, status }: Pick<HoldlineEvents['call'], 'error' | 'status'>): string {
  const valid = validStatus(status);
  return error ?? (valid !== undefined && valid >= 400 ? String(valid) : '_OTHER');
}

/** The parts of a scope that a label needs. */
export interface ScopeIdentity {
  readonly scope: string;
  readonly kind: string;
  readonly key: string;
}

/** The value that stands for all scopes of a kind whose names are not shown. */
export const ALL = '*';

/**
 * Returns the name of a scope in a metric or span. It never has the key of a custom scope, which may be an id of a person, and the name of a
 * tenant only if allowed. The names of credentials are those of a pool, or fingerprints.
 */
export function scopeLabel({ scope, kind, key }: ScopeIdentity, showsTenants: boolean): string {
  switch (kind) {
    case 'credential':
    case 'host':
      return key;
    case 'route':
      return /([A-Z]+ \/\S*)$/.exec(key)?.[1] ?? ALL;
    case 'tenant':
      return showsTenants ? key : ALL;
    default:
      // The group of a custom scope or a bulkhead, such as `conversation/17per60000`.
      return scope.endsWith(`:${key}`) ? scope.slice(0, -key.length - 1) || ALL : ALL;
  }
}

/** Returns the label of a scope of which only the name is known. */
export function labelOfName(scope: string, showsTenants: boolean): string {
  const group = scope.slice(0, Math.max(0, scope.indexOf(':')));
  if (scope === 'credential' || /^credential[/:]/.test(scope)) return scope;
  if (/^route[:/]|^route$/.test(group)) return scopeLabel({ scope, kind: 'route', key: scope }, showsTenants);
  const kind = /^(tenant|host)(\/|$)/.exec(group)?.[1];
  if (kind) return scopeLabel({ scope, kind, key: scope.slice(group.length + 1) }, showsTenants);
  return group || ALL;
}
