/**
 * What the requests of a zone are counted by.
 * @public
 */
export type ZoneKey =
  /** A digest of the `Authorization` header. */
  | { readonly by: 'credential' }
  /**
   * The tenant header, where it is trusted. All requests without a trusted header count together, as a line counts its calls without a
   * tenant.
   */
  | { readonly by: 'tenant' }
  /** The credential and the name of the route. Segments that look like ids count as one name. */
  | { readonly by: 'route' }
  /** The address of the client. */
  | { readonly by: 'address' }
  /** All requests together. A gateway has one platform behind it, so the scope `host` is one zone. */
  | { readonly by: 'all' }
  /** A parameter of the pattern, such as `contactId`, of all credentials together. */
  | {
      readonly by: 'parameter';
      readonly name: string;
      /** Index of the parameter among the segments of the path, after the `paths` options were applied. */
      readonly segment: number;
    };

/**
 * A quota as a gateway can keep it.
 * @public
 */
export interface Zone {
  /** A name of at most 32 characters `a-z`, `0-9` and `_`, unique in the plan and the same as long as the quota keeps its name. */
  readonly id: string;
  /** The name of the quota in the configuration, or its place there. It is text of the user: quote or encode it. */
  readonly label: string;
  readonly key: ZoneKey;
  /**
   * `window`: at most `limit` requests in any window, wherever it starts. `bucket`: the platform itself counts with a bucket, so that
   * `burst` may be above `limit`, and only `burst` and `ratePerSec` bound the requests.
   */
  readonly counts: 'window' | 'bucket';
  /** Requests per window. */
  readonly limit: number;
  readonly windowMs: number;
  /** Requests that may leave at once. Equal to `limit` unless the configuration says less, or a platform's bucket holds more. */
  readonly burst: number;
  /** Requests per second that are regained: `limit / windowMs` unless the configuration says less. */
  readonly ratePerSec: number;
}

/**
 * A pattern of requests.
 * @public
 */
export interface RoutePattern {
  /** A method in capitals, or `*` for any method. */
  readonly method: string;
  /**
   * Segments of the path: fixed text, `:name` or `*` for any one segment, or `**` at the end for the rest, which may be empty. It is
   * text of the user: quote or encode it.
   */
  readonly segments: readonly string[];
  /** The pattern as text, such as `GET /users/:id`. */
  readonly pattern: string;
}

/**
 * A pattern of the configuration with the zones that count its requests.
 * @public
 */
export interface Route extends RoutePattern {
  /** Ids of all zones that count these requests, those of the line included. Empty: nothing counts them. */
  readonly zones: readonly string[];
}

/**
 * The origin of a platform.
 * @public
 */
export interface Upstream {
  readonly tls: boolean;
  /** Host name, IPv4 address, or IPv6 address in brackets. It has no character that a configuration file could take for syntax. */
  readonly host: string;
  readonly port: number;
}

/**
 * WebSocket upgrades and open sockets.
 * @public
 */
export interface SocketPlan {
  readonly upstream: Upstream;
  /** Paths whose upgrades are forwarded. All other upgrades are forwarded as plain requests, and counted as such. */
  readonly routes: readonly RoutePattern[];
  /**
   * Counts the upgrades, which count in no other zone. The key is the credential; upgrades without one count together, because a URL such
   * as that of a Genesys channel is itself the credential of one socket.
   */
  readonly zone: Zone | undefined;
  /** Sockets that one credential may have open; without a credential, those of one client address. */
  readonly maxOpen: number | undefined;
}

/**
 * What a gateway does, before it is written in the language of a gateway.
 * @public
 */
export interface GatewayPlan {
  readonly zones: readonly Zone[];
  /** Ids of the zones of requests that no route matches. */
  readonly common: readonly string[];
  /** The most specific first. Only the first route that matches a request counts. */
  readonly routes: readonly Route[];
  /**
   * Patterns that name routes, for zones by route; the most specific first. A segment of a name is the fixed text of the first pattern
   * that has one at this place, else the parameter of the first pattern, else the segment of the path or `:id`.
   */
  readonly names: readonly RoutePattern[];
  /** How paths are read before they are compared. */
  readonly paths: {
    /** Paths, patterns, anchor and prefixes compare without case. */
    readonly caseInsensitive: boolean;
    /** What stands before the first occurrence of this text in a path is removed. */
    readonly anchor: string | undefined;
    /** The first prefix that a path begins with is removed; `:name` is any one segment. */
    readonly stripPrefixes: readonly (readonly string[])[];
  };
  readonly upstream: Upstream;
  /** Whose refusals the gateway imitates. */
  readonly refusals: 'genesys' | 'cxone' | 'plain';
  /** Requests without `Authorization`: refused with 401, or counted together under one key. CORS preflights are never refused. */
  readonly withoutCredential: 'refuse' | 'share';
  /** The header with the tenant, and the networks from which it is trusted. From elsewhere it is ignored and removed. */
  readonly tenant: { readonly header: string; readonly trustedFrom: readonly string[] } | undefined;
  /** Bounds the requests of a client address, whatever credentials it shows. */
  readonly addresses: Zone | undefined;
  readonly sockets: SocketPlan | undefined;
  /** Requests are counted and logged, never delayed or refused. */
  readonly dryRun: boolean;
  /** What no gateway can keep, in plain sentences: a quota that is learned, a scope that is a function. */
  readonly notes: readonly string[];
}

/**
 * Files by name, to write into one directory.
 * @public
 */
export type GatewayFiles = Readonly<Record<string, string>>;
