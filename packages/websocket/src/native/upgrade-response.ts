import { answered, type Outcome, type ReadHeader } from '@holdline/core';

interface UpgradeResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Returns a reader for the headers of a handshake response. */
export function readHeaders(response: unknown): ReadHeader {
  const { headers } = response as UpgradeResponse;
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

/** Converts a response that refuses the handshake to an outcome, with the error text of `ws`. */
export function createRefusal(response: unknown): Outcome {
  const { statusCode: status } = response as UpgradeResponse;
  const error = new Error(`Unexpected server response: ${status}`);
  return answered(error, { status, header: readHeaders(response), threw: true });
}
