/** What a zone counts by. */
export type ZoneKey =
  /** The hash of the credential. */
  | { readonly by: 'credential' }
  /** The tenant header, where it is trusted; otherwise the credential. */
  | { readonly by: 'tenant' }
  /** Everybody together. */
  | { readonly by: 'all' }
  /** A parameter of the pattern, such as `contactId`. */
  | { readonly by: 'parameter'; readonly name: string };

/** A quota as a gateway can keep it. */
export interface Zone {
  /** A name that every gateway accepts: letters, digits and `_`, unique in the plan. */
  readonly id: string;
  /** The name of the quota in the configuration, or its place there. Text of the user: quote or encode it. */
  readonly label: string;
  readonly key: ZoneKey;
  /** Requests per window. */
  readonly limit: number;
  readonly windowMs: number;
  /** Requests that the platform takes at once. */
  readonly burst: number;
  /** Requests per second that the platform regains. */
  readonly ratePerSec: number;
}

/** One pattern of the configuration with the zones that count its requests. */
export interface Route {
  /** `*` is any method. */
  readonly method: string;
  /** Segments: fixed text, `:name`, `*`, or `**` at the end. Text of the user: quote or encode it. */
  readonly segments: readonly string[];
  readonly pattern: string;
  readonly zones: readonly string[];
}

/** What a gateway does, before it is written in the language of one. All gateways are written from this. */
export interface GatewayPlan {
  readonly zones: readonly Zone[];
  /** Zones of every request that no route takes out. */
  readonly common: readonly string[];
  /** The most specific first. The first route that matches counts. */
  readonly routes: readonly Route[];
  /** How paths are read before they are compared. */
  readonly paths: {
    readonly caseInsensitive: boolean;
    readonly anchor: string | undefined;
    readonly stripPrefixes: readonly (readonly string[])[];
  };
  /** What no gateway can keep, in plain sentences: a quota that is learned, a scope that is a function. */
  readonly notes: readonly string[];
}
