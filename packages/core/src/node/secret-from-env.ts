import { ConfigError } from '../contract/errors.js';
import { secret, type Secret } from '../contract/secret.js';

/**
 * Reads a secret from an environment variable.
 *
 * @param name - Name of the variable.
 * @throws ConfigError that names the variable, if the variable is not set or empty.
 * @example
 * ```ts
 * import { secretFromEnv } from '@holdline/core/node';
 * import { clientCredentials } from '@holdline/genesys';
 *
 * const grant = clientCredentials({ clientId: 'id', clientSecret: secretFromEnv('GENESYS_CLIENT_SECRET') });
 * ```
 * @public
 */
export function secretFromEnv(name: string): Secret {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new ConfigError(
      `the environment variable ${name} must hold a secret, but it is ${value === '' ? 'empty' : 'not set'}`,
    );
  return secret(value);
}
