import { checkOrigins, ConfigError } from '@holdline/core';

/** The members of the SDK's `HttpClient`, a class of static functions, that this package uses. */
export interface HttpClientLike {
  handleRequestWithCircuitBreaker(...args: never[]): Promise<unknown>;
  getBlob(...args: never[]): Promise<unknown>;
  circuitBreaker: { execute(fn: () => unknown): unknown };
}

/** A token as the SDK stores it. */
export interface SdkToken {
  accessToken?: string;
  refreshToken?: string;
  /** Lifetime in seconds. */
  expiresIn?: number;
  /** Wall time of the grant in ms. */
  accessTokenTime?: number;
}

/** The members of the singleton of `CXoneAuth` that this package uses. */
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

/** A class with one instance, which is made at the first access: `CXoneAuth`, `ACDSessionManager`, `AdminService`. */
export interface Singleton<T> {
  readonly instance: T;
  readonly prototype: T;
}

/** A class that stores a copy of the access token. */
export interface TokenHolderLike {
  setAccessToken(token: string): void;
}

/** The members of the class `LoadWorker` that this package uses. */
export interface LoadWorkerLike {
  readonly prototype: { initWorker(code: string, name: string): Worker };
}

/**
 * The parts of the SDK that one guard covers: classes of your bundle, and the origins of their API.
 * @public
 */
export interface CxoneSdk {
  /** Class that sends the requests of the page. */
  HttpClient: object;
  /**
   * Class that stores the user's token. The line writes new tokens back to it.
   * @defaultValue none: tokens come from `token` of the configuration
   */
  CXoneAuth?: object;
  /**
   * Class that makes the SDK's workers.
   * @defaultValue none: the line does not govern requests of workers
   */
  LoadWorker?: object;
  /**
   * Class that receives new tokens too. `CXoneClient` of the agent SDK passes them itself.
   * @defaultValue none
   */
  ACDSessionManager?: object;
  /**
   * Class that receives new tokens too.
   * @defaultValue none
   */
  AdminService?: object;
  /**
   * More origins of the API, such as a gateway. The vendor's hosts and those of the SDK's discovery are always included.
   * @defaultValue none
   */
  origins?: readonly string[];
}

/** The checked parts, with the members that this package uses. Any copy of the SDK fits. */
export interface SdkParts {
  HttpClient: HttpClientLike;
  CXoneAuth?: Singleton<AuthLike>;
  LoadWorker?: LoadWorkerLike;
  ACDSessionManager?: Singleton<TokenHolderLike>;
  AdminService?: Singleton<TokenHolderLike>;
  origins?: readonly string[];
}

/** The functions that each part, or its prototype, must have. */
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
 * @throws ConfigError that names the wrong part.
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
