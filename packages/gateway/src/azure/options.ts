import { check, ConfigError } from '@holdline/core';
import { GATEWAY_CHECKS, type GatewayOptions } from '../plan/options.js';

/**
 * Options of {@link azureApiManagement}.
 * @public
 */
export interface AzureOptions extends GatewayOptions {
  /**
   * Longest window of `rate-limit-by-key`, in seconds. A quota with a longer window gets its part of it.
   * @defaultValue 300 (reference of the policy)
   */
  maxRenewalPeriodSec?: number;
}

const checkOptions = check.shape<AzureOptions>({
  ...GATEWAY_CHECKS,
  maxRenewalPeriodSec: check.number({ min: 1, max: 300, integer: true }),
});

/**
 * Checks the options of Azure and adds the defaults.
 *
 * @throws ConfigError that names the key, the value and what is allowed.
 */
export function resolveAzureOptions(value: AzureOptions): { maxPeriodSec: number } {
  const { maxRenewalPeriodSec = 300, dryRun } = checkOptions(value, 'options');
  if (dryRun)
    throw new ConfigError('options.dryRun must be false: rate-limit-by-key of Azure cannot count without refusing');
  return { maxPeriodSec: maxRenewalPeriodSec };
}
