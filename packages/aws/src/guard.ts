import { defineAdapter, mergeConfig } from '@holdline/core';
import { attachClient } from './attach/attach-client.js';
import { amazonConnect } from './connect/preset.js';
import type { AwsClient, SdkConfig } from './types.js';

/**
 * Guards a client of the AWS SDK v3. The line paces and retries every attempt, below the SDK's own retry and above its signer: each
 * attempt gets a new signature and a new date. The SDK keeps the credentials. Its own retry, also in the adaptive mode, is set aside
 * until `release(client)`.
 *
 * A `retryStrategy` that the user wrote or configured stays the only retry layer, unless `retry.otherLayer` is `'replace'`.
 *
 * @param client - A client, such as a `ConnectClient`. It needs no import of this package.
 * @param configOrLine - A configuration or an existing line. A `ConnectClient` gets the preset {@link amazonConnect} below it.
 * @returns the same client.
 * @throws ConfigError if the configuration is wrong or `client` is not a client of the SDK.
 * @example
 * ```ts
 * import { ConnectClient, DescribeUserCommand } from '@aws-sdk/client-connect';
 * import { guardAws } from '@holdline/aws';
 *
 * const connect = guardAws(new ConnectClient({ region: 'eu-west-2' }));
 * await connect.send(new DescribeUserCommand({ InstanceId: 'an-instance', UserId: 'a-user' }));
 * ```
 * @public
 */
export const guardAws = defineAdapter<AwsClient>({
  name: 'guardAws',
  // A client of another service has quotas that this package does not know.
  configure: ({ config }, given) =>
    (config as SdkConfig | undefined)?.serviceId === 'Connect' ? amazonConnect(given) : mergeConfig({}, given),
  attach: attachClient,
});
