import { checkOrigins, ConfigError, isHoldline, type Holdline, type HoldlineConfig } from '@holdline/core';

/** What {@link guardFetch} takes: a configuration, and what is guarded at all. */
export interface FetchConfig extends HoldlineConfig {
  /**
   * Origins that are guarded, and that the line's token may go to. Requests elsewhere are untouched.
   * @defaultValue all are guarded; the token goes to the page's own origin, in browsers
   */
  origins?: readonly string[];
  /**
   * A line made before, in place of a configuration.
   * @defaultValue one made from the configuration
   */
  line?: Holdline;
}

/** What {@link installFetch} takes. */
export type InstallConfig = FetchConfig & Required<Pick<FetchConfig, 'origins'>>;

/** Takes apart what the second argument may be; what is no configuration is left for `defineAdapter` to refuse. */
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
    throw new ConfigError(
      `${name} takes either line or a configuration, got line and ${otherKey}: set ${otherKey} on the line`,
    );
  return { origins: origins && checkOrigins(origins, 'origins'), line, config };
}
