import { findNativeClass } from './native-class.js';
import { isNodeStream } from './tracked-body.js';
import type { NativeResponse } from './types.js';

/** A response of node-fetch, as far as this file uses it. */
interface NodeResponse extends NativeResponse {
  readonly url: string;
  readonly statusText: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Reads the body of a response of node-fetch for several callers. The clones of its stream wait for each other, so a caller that does not
 * read its response would stop the others. The stream of the platform needs no reading: its clones are independent.
 */
export async function readNodeBody(response: NativeResponse): Promise<NativeResponse> {
  const isEndless = response.headers.get('content-type')?.startsWith('text/event-stream');
  if (isEndless || !isNodeStream(response.body)) return response;
  const { status, statusText, headers, url } = response as NodeResponse;
  const body = new Uint8Array(await (response as NodeResponse).arrayBuffer());
  const NodeResponse = findNativeClass<NativeResponse>(response, 'Response');
  return new NodeResponse(Buffer.from(body), { status, statusText, headers, url });
}
