import { answered, type Outcome, type ReadHeader } from '@holdline/core';

interface Response {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Headers of an answer to a handshake. */
export function headersOf(response: unknown): ReadHeader {
  const { headers } = response as Response;
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

/** What a refused handshake is told as, in the words of `ws`. */
export function refusalOf(response: unknown): Outcome {
  const { statusCode: status } = response as Response;
  const error = new Error(`Unexpected server response: ${status}`);
  return answered(error, { status, header: headersOf(response), threw: true });
}
