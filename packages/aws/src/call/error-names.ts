/**
 * Errors that mean what a 429 means. Their status is often 400. Source: `THROTTLING_ERROR_CODES` of the SDK
 * (`@smithy/core`, `retry/service-error-classification`), and the list of the query protocols in botocore (`Throttling`).
 */
export const THROTTLING: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/**
 * Errors with a throttling name or status that are about a number of resources. Waiting does not help.
 *
 * `LimitExceededException` of Amazon Connect has the status 429: "The allowed limit for the resource has been exceeded" (documentation of
 * the SDK's exception).
 */
export const RESOURCE_LIMITS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['ConnectClient', new Set(['LimitExceededException'])],
]);

/** Refusals of a signature because of its date: `CLOCK_SKEW_ERROR_CODES` of the SDK. The platform executed nothing. */
export const CLOCK_SKEW: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

/** Errors after which the platform may or may not have executed the request: `TRANSIENT_ERROR_CODES` of the SDK. */
export const TRANSIENT: ReadonlySet<string> = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException']);
