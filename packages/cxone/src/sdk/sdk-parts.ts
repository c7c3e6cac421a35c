import { checkOrigins, ConfigError } from '@holdline/core';

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
const REQUIRED_FUNCTIONS: Record<Exclude<keyof SdkParts, 'origins'>, readonly string[]> = {
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
    if (key !== 'origins' && !Object.hasOwn(REQUIRED_FUNCTIONS, key))
      throw new ConfigError(
        `${key} is not known; allowed here: ${Object.keys(REQUIRED_FUNCTIONS).join(', ')}, origins`,
      );
  }
  for (const [key, names] of Object.entries(REQUIRED_FUNCTIONS)) {
    const part = parts[key as keyof typeof REQUIRED_FUNCTIONS] as { prototype?: object } | undefined;
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
