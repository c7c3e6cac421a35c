import { checkOrigins, ConfigError, originOf } from '@holdline/core';

/** What this package uses of the SDK's `HttpClient`, a class of static functions. */
export interface HttpClientLike {
  handleRequestWithCircuitBreaker(...args: never[]): Promise<unknown>;
  getBlob(...args: never[]): Promise<unknown>;
  circuitBreaker: { execute(fn: () => unknown): unknown };
}

/** A token as the SDK keeps it. */
export interface SdkToken {
  accessToken?: string;
  refreshToken?: string;
  /** Seconds. */
  expiresIn?: number;
  /** Wall ms at which it was granted. */
  accessTokenTime?: number;
}

/** What this package uses of the singleton of `CXoneAuth`. */
export interface AuthLike {
  getAuthToken(): SdkToken;
  setAuthToken(token: SdkToken): void;
  getRefreshToken(): Promise<void>;
  getRegionalRefreshToken?(): Promise<void>;
  startRefreshTokenCheck?(token: SdkToken, ...more: never[]): boolean;
  getCXoneConfig?(): object;
  readonly isImpersonatedUser?: boolean;
  readonly authSettings?: { cxoneHostname?: string };
  readonly oidcConfig?: { tokenEndpoint?: string };
  readonly onAuthStatusChange?: {
    subscribe(listener: (change: { response?: unknown }) => void): { unsubscribe(): void };
  };
}

/** `CXoneAuth`, `ACDSessionManager` and `AdminService` are singletons that are made when they are first asked for. */
export interface Singleton<T> {
  readonly instance: T;
  readonly prototype: T;
}

/** Keeps a copy of the access token. */
export interface TokenHolderLike {
  setAccessToken(token: string): void;
}

/** What this package uses of the class `LoadWorker`. */
export interface LoadWorkerLike {
  readonly prototype: { initWorker(code: string, name: string): Worker };
}

/** The parts of the SDK that are guarded together: classes of your bundle, and where their API is. */
export interface CxoneSdk {
  /** Sends the requests of the page. */
  HttpClient: object;
  /**
   * Where the user's token comes from, and where new ones are written back to.
   * @defaultValue none: tokens come from `token` of the configuration
   */
  CXoneAuth?: object;
  /**
   * Makes the SDK's workers.
   * @defaultValue none: what they send is not governed
   */
  LoadWorker?: object;
  /**
   * Told of new tokens too. `CXoneClient` of the agent SDK does so by itself.
   * @defaultValue none
   */
  ACDSessionManager?: object;
  /**
   * Told of new tokens too.
   * @defaultValue none
   */
  AdminService?: object;
  /**
   * Origins of the API beside the vendor's hosts and those that the SDK has discovered: of a gateway, for example.
   * @defaultValue none
   */
  origins?: readonly string[];
}

/** The same, as far as it is used here, so that any copy of the SDK fits. */
export interface SdkParts {
  HttpClient: HttpClientLike;
  CXoneAuth?: Singleton<AuthLike>;
  LoadWorker?: LoadWorkerLike;
  ACDSessionManager?: Singleton<TokenHolderLike>;
  AdminService?: Singleton<TokenHolderLike>;
  origins?: readonly string[];
}

/** What each part must be able to do, itself or by its prototype. */
const FUNCTIONS: Record<Exclude<keyof SdkParts, 'origins'>, readonly string[]> = {
  HttpClient: ['handleRequestWithCircuitBreaker', 'getBlob'],
  CXoneAuth: ['getAuthToken', 'setAuthToken', 'getRefreshToken'],
  LoadWorker: ['initWorker'],
  ACDSessionManager: ['setAccessToken'],
  AdminService: ['setAccessToken'],
};

/**
 * Checks the parts of the SDK.
 *
 * @throws ConfigError naming the part.
 */
export function checkSdk(sdk: CxoneSdk): SdkParts {
  const parts = sdk as unknown as SdkParts;
  for (const key of Object.keys(sdk)) {
    if (key !== 'origins' && !Object.hasOwn(FUNCTIONS, key))
      throw new ConfigError(`${key} is not known; allowed here: ${Object.keys(FUNCTIONS).join(', ')}, origins`);
  }
  for (const [key, names] of Object.entries(FUNCTIONS)) {
    const part = parts[key as keyof typeof FUNCTIONS] as { prototype?: object } | undefined;
    if (part === undefined && key !== 'HttpClient') continue;
    const has = (name: string): boolean =>
      [part, part?.prototype].some(
        (owner) => typeof (owner as Record<string, unknown> | undefined)?.[name] === 'function',
      );
    if (!names.every(has))
      throw new ConfigError(
        `${key} must be that of @nice-devone, version 25, with ${names.join(', ')}; got ${part === null ? 'null' : typeof part}`,
      );
  }
  if (typeof parts.HttpClient.circuitBreaker?.execute !== 'function')
    throw new ConfigError('HttpClient must be that of @nice-devone, version 25, with a circuitBreaker');
  return parts.origins ? { ...parts, origins: checkOrigins(parts.origins, 'origins') } : parts;
}

const STORED_TOKEN = 'auth_token';

/** The access token the SDK has now, with what is left of its life. */
export function currentToken(auth: AuthLike): { accessToken: string; expiresInMs?: number } | undefined {
  const { accessToken, expiresIn, accessTokenTime } = auth.getAuthToken();
  if (!accessToken) return undefined;
  const isKnown = typeof expiresIn === 'number' && expiresIn > 0 && typeof accessTokenTime === 'number';
  return isKnown
    ? { accessToken, expiresInMs: Math.max(0, accessTokenTime + expiresIn * 1000 - Date.now()) }
    : { accessToken };
}

/** Writes a token to where the SDK keeps its own. */
export function writeToken(
  { CXoneAuth, ACDSessionManager, AdminService }: SdkParts,
  {
    accessToken,
    expiresInMs,
    refreshToken,
  }: { accessToken: string; expiresInMs?: number | undefined; refreshToken?: string | undefined },
): void {
  const auth = CXoneAuth?.instance;
  const known = auth?.getAuthToken();
  if (auth && known?.accessToken !== accessToken) {
    const token: SdkToken = { ...known, accessToken, accessTokenTime: Date.now() };
    if (refreshToken !== undefined) token.refreshToken = refreshToken;
    if (expiresInMs === undefined) delete token.expiresIn;
    else token.expiresIn = expiresInMs / 1000;
    auth.setAuthToken(token);
    // Its other tabs read it there; where the SDK has stored none, neither do we.
    const { localStorage } = globalThis as { localStorage?: Storage };
    if (localStorage?.getItem(STORED_TOKEN)) localStorage.setItem(STORED_TOKEN, JSON.stringify(token));
  }
  for (const holder of [ACDSessionManager, AdminService]) holder?.instance.setAccessToken(accessToken);
}

const VENDOR = /^https:\/\/(?:[a-z\d-]+\.)+(?:nice-?incontact|nicecxone)\.com$/;

/** Tells the origins of the SDK's own APIs from all others: the vendor's hosts, those of its discovery, and those given. */
export function ownOrigins({ CXoneAuth, origins = [] }: SdkParts): (origin: string) => boolean {
  let config: object | undefined;
  let discovered: string[] = [];
  return (origin) => {
    if (VENDOR.test(origin) || origins.includes(origin)) return true;
    const auth = CXoneAuth?.instance;
    const now = auth?.getCXoneConfig?.();
    if (now !== config) {
      config = now;
      discovered = Object.values(now ?? {}).flatMap((value) => (typeof value === 'string' ? originOf(value) : []));
    }
    return (
      origin !== '' && (discovered.includes(origin) || origin === originOf(auth?.authSettings?.cxoneHostname ?? ''))
    );
  };
}

const LOGIN =
  /^https?:\/\/[^?#]*\/(?:authentication\/v1\/(?:token|refresh)|auth\/token|incontactauthorizationserver\/token|public\/user\/refresh)(?=[/?#]|$)/i;

/** Whether somebody logs in there, or says who he is: neither to be queued nor to be given a token. */
export function isLogin(url: string, auth: Singleton<AuthLike> | undefined): boolean {
  return LOGIN.test(url) || url === auth?.instance.oidcConfig?.tokenEndpoint;
}

/** Whose a token of the platform is, as its claims say. */
export function claimsOf(authorization: string): { tenant?: string; credential?: string } {
  const [, payload] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/.exec(authorization) ?? [];
  if (payload === undefined) return {};
  try {
    const claims = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))) as Record<string, unknown>;
    const { tenantId, sub, userId = sub } = claims;
    if (typeof tenantId !== 'string') return {};
    return { tenant: tenantId, ...(typeof userId === 'string' && { credential: `${tenantId}/${userId}` }) };
  } catch {
    return {};
  }
}
