import { check, ConfigError, type Check } from '@holdline/core';
import { GATEWAY_CHECKS, SHARED_DEFAULTS, type GatewayOptions } from '../plan/options.js';

/**
 * Options of {@link awsUsagePlans}.
 * @public
 */
export interface AwsOptions extends GatewayOptions {
  /**
   * Names of the clients, such as `['ivr', 'reports']`. Each gets an API key, whose value AWS makes: no template has it. Letters, digits,
   * spaces and `._@+-`.
   */
  clients: string[];
  /**
   * Share of a quota that may leave at once. The rest leaves evenly.
   * @defaultValue 0.1 (ours: a sustained 90 % of the quota, and bursts of a tenth)
   */
  burstShare?: number;
  /**
   * Largest difference between the delays of two requests on their way from the gateway to the platform, in ms. Each window is taken to
   * be longer by this time.
   * @defaultValue 100 (ours)
   */
  jitterMs?: number;
}

/** The options of AWS alone, with their defaults. */
export type ResolvedAwsOptions = Required<Omit<AwsOptions, keyof GatewayOptions>>;

/** Names that mean nothing to CloudFormation: `{{resolve:…}}` in a string would be replaced by a secret. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._@+-]{0,99}$/;

const checkClient: Check<string> = (value, key) =>
  typeof value === 'string' && NAME.test(value)
    ? value
    : check.refuse(key, value, "a name of at most 100 letters, digits, spaces and '._@+-', such as 'ivr'");

const checkOptions = check.shape<AwsOptions>({
  ...GATEWAY_CHECKS,
  clients: check.list(checkClient),
  burstShare: check.number({ above: 0, max: 1 }),
  jitterMs: check.number({ min: 0, max: 60_000 }),
});

/**
 * Checks the options of AWS and adds the defaults.
 *
 * @throws ConfigError that names the key, the value and what is allowed.
 */
export function resolveAwsOptions(value: AwsOptions): ResolvedAwsOptions {
  const { burstShare: share, jitterMs: jitter } = SHARED_DEFAULTS;
  const { clients = [], burstShare = share, jitterMs = jitter, dryRun } = checkOptions(value, 'options');
  if (clients.length === 0) check.refuse('options.clients', clients, 'at least one name');
  const twice = clients.find((name, i) => clients.indexOf(name) !== i);
  if (twice !== undefined) throw new ConfigError(`options.clients has ${JSON.stringify(twice)} twice`);
  if (dryRun) throw new ConfigError('options.dryRun must be false: a usage plan of AWS cannot count without refusing');
  return { clients, burstShare, jitterMs };
}
