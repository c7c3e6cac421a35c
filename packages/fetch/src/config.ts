import { checkOrigins, ConfigError, isHoldline, type Holdline, type HoldlineConfig } from '@holdline/core';

/**
 * Configuration of `guardFetch`: the line and the guarded origins.
 * @public
 */
export interface FetchConfig extends HoldlineConfig {
  /**
   * Origins that are guarded and that may receive the line's token. Requests to other origins are untouched.
   * @defaultValue all origins are guarded; in browsers the token goes only to the page's own origin
   */
  origins?: readonly string[];
  /**
   * An existing line, instead of a configuration.
   * @defaultValue a new line with the configuration
   */
  line?: Holdline;
}

/**
 * Configuration of `installFetch`.
 * @public
 */
export type InstallConfig = FetchConfig & Required<Pick<FetchConfig, 'origins'>>;

/** Splits the second argument into origins, line and configuration. `defineAdapter` refuses other values. */
export function splitConfig(
  name: string,
  configOrLine: FetchConfig | Holdline,
): { origins?: readonly string[] | undefined; line?: Holdline | undefined; config: HoldlineConfig | Holdline } {
  if (typeof configOrLine !== 'object' || configOrLine === null || isHoldline(configOrLine))
    return { config: configOrLine };
  const { origins, line, ...config } = configOrLine;
  if (line !== undefined && !isHoldline(line)) throw new ConfigError('line must be a line made by createHoldline');
  const [otherKey] = Object.keys(config);
  if (line && otherKey !== undefined)
    throw new ConfigError(`${name} takes a line or a configuration, got line and ${otherKey}`);
  return { origins: origins && checkOrigins(origins, 'origins'), line, config };
}
