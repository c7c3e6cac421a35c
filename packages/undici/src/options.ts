import { checkOrigins, ConfigError, isHoldline, type Holdline, type HoldlineConfig } from '@holdline/core';

/**
 * Configuration of `guardUndici` and `holdlineInterceptor`: the line and the guarded origins.
 * @public
 */
export interface UndiciConfig extends HoldlineConfig {
  /**
   * Origins that are guarded and that may receive the line's token. Requests to other origins are untouched.
   * @defaultValue all origins are guarded; the token goes only to the origin of a `Client` or a `Pool` (ours)
   */
  origins?: readonly string[];
  /**
   * An existing line, instead of a configuration.
   * @defaultValue a new line with the configuration (ours)
   */
  line?: Holdline;
}

/** Splits the second argument into origins, line and configuration. `defineAdapter` refuses other values. */
export function splitConfig(
  name: string,
  configOrLine: UndiciConfig | Holdline,
): { origins: readonly string[] | undefined; target: HoldlineConfig | Holdline } {
  const isConfig = typeof configOrLine === 'object' && configOrLine !== null && !Array.isArray(configOrLine);
  if (!isConfig || isHoldline(configOrLine)) return { origins: undefined, target: configOrLine };
  const { origins, line, ...config } = configOrLine;
  if (line !== undefined && !isHoldline(line)) throw new ConfigError('line must be a line made by createHoldline');
  const [otherKey] = Object.keys(config);
  if (line && otherKey !== undefined)
    throw new ConfigError(`${name} takes a line or a configuration, got line and ${otherKey}`);
  return { origins: origins && checkOrigins(origins, 'origins'), target: line ?? config };
}
