import type { Holdline, HoldlineConfig } from '@holdline/core';
import { guardClass } from './guard-class.js';
import { guardClient } from './guard-client.js';
import type { ApiClientClassLike, ApiClientLike } from './sdk/api-client.js';

/**
 * Guards the Genesys Cloud JavaScript SDK. The line paces, retries and re-authorises every call of every API object, and never
 * duplicates one. The SDK's own refresh is off meanwhile. Without a configuration the preset {@link genesysCloud} applies.
 *
 * Works with purecloud-platform-client-v2 212 and later, in any number of copies. Imports none of them.
 *
 * The line sends the SDK's token. To renew the token it uses the first of these: `token.grant` of the configuration; the client
 * credentials of a login after guarding (the SDK does not store them); the SDK's refresh token. Without any of them the caller gets
 * the 401.
 *
 * @param client - `ApiClient.instance`, another `ApiClient`, or the class. The class guards all its present and future clients. Each
 *   client other than the default one gets its own line, unless a line is given.
 * @param configOrLine - A configuration, merged over the preset, or an existing line. A line stays as it is, so make it from
 *   `genesysCloud()`.
 * @returns the same client.
 * @throws ConfigError if the configuration is wrong, or `client` is no ApiClient.
 * @example
 * ```ts
 * import platformClient from 'purecloud-platform-client-v2';
 * import { guardGenesys } from '@holdline/genesys';
 *
 * guardGenesys(platformClient.ApiClient.instance);
 * await platformClient.ApiClient.instance.loginClientCredentialsGrant('id', 'secret');
 * await new platformClient.UsersApi().getUsersMe();
 * ```
 * @public
 */
export function guardGenesys<C extends object>(client: C, configOrLine?: HoldlineConfig | Holdline): C {
  const { prototype } = (client ?? {}) as { prototype?: Partial<ApiClientLike> };
  if (typeof client === 'function' && typeof prototype?.getHttpClient === 'function') {
    guardClass(client as unknown as ApiClientClassLike, configOrLine);
  } else {
    guardClient(client as unknown as ApiClientLike, configOrLine);
  }
  return client;
}

export { bulkWrite } from './bulk-writes/bulk-write.js';
export type {
  BulkBodyItem,
  BulkItemOf,
  BulkItemResult,
  BulkWriteOptions,
  BulkWriteReport,
} from './bulk-writes/bulk-write.js';
export { recordExpansions } from './expansions/record-expansions.js';
export type { ExpansionRecording, ExpansionUse } from './expansions/record-expansions.js';
export { genesysCache, type GenesysCacheOptions } from './cache-preset.js';
export { authorizationCode, clientCredentials } from './grants.js';
export type { AuthorizationCodeOptions, ClientCredentialsOptions, LoginOptions } from './grants.js';
export { JobError } from './jobs/job-error.js';
export { jobs } from './jobs/jobs.js';
export type { JobBody, JobName, ResultOf } from './jobs/jobs.js';
export type { JobOptions } from './jobs/options.js';
export type { PlatformJob } from './jobs/platform-job.js';
export type { LiveEvents } from './live/events.js';
export type { Live, QueueValues, UserValues } from './live/live-interface.js';
export { live } from './live/live.js';
export type { LiveOptions } from './live/options.js';
export type { TopicName } from './live/topics.js';
export type {
  LiveChange,
  LiveConversationSummary,
  LiveMediaSummary,
  LiveObservation,
  LiveOutOfOffice,
  LivePresence,
  LiveQueueMember,
  LiveRoutingStatus,
  LiveStation,
  LiveStations,
  LiveValue,
} from './live/types.js';
export type { Gap, Notification, NotificationEvents } from './notifications/events.js';
export type { NotificationFeed } from './notifications/feed.js';
export { notifications } from './notifications/notifications.js';
export type { NotificationOptions } from './notifications/options.js';
export { paged } from './paging/paged.js';
export type { AnswerOf, ItemOf, MethodName, PagedCallOptions, PagedOptions, PageQuery } from './paging/paged.js';
export type { ListPage, PagedList } from './paging/paged-list.js';
export { PagingError } from './paging/paging-error.js';
export { genesysBulkReads, type GenesysBulkReadOptions } from './bulk-reads/bulk-reads.js';
export { genesysCloud } from './preset.js';
export { genesysVerify, type GenesysVerifyOptions } from './verify/verify.js';

// For our own packages. This export may change in any version.
export { readRefusal } from './sdk/refusal.js';
