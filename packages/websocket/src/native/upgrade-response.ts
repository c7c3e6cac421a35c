import { answered, type Outcome, type ReadHeader } from '@holdline/core';

interface UpgradeResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Headers of an answer to a handshake. */
export function readHeaders(response: unknown): ReadHeader {
  const { headers } = response as UpgradeResponse;
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

/** What a refused handshake is told as, in the words of `ws`. */
export function createRefusal(response: unknown): Outcome {
  const { statusCode: status } = response as UpgradeResponse;
  const error = new Error(`Unexpected server response: ${status}`);
  return answered(error, { status, header: readHeaders(response), threw: true });
}
