import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A complete request body. */
export interface RequestBody {
  /** Empty when the body is too large: such a body is hashed but not kept. */
  readonly text: string;
  readonly isTooLarge: boolean;
  /** First 16 hex digits of SHA-256; empty without a body. */
  readonly hash: string;
}

const NO_BODY: RequestBody = { text: '', isTooLarge: false, hash: '' };

/** Reads the complete body; undefined when the client disconnects before the end. */
export function readRequestBody(request: IncomingMessage, maxBytes: number): Promise<RequestBody | undefined> {
  const { headers } = request;
  if (headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0') {
    request.resume();
    return Promise.resolve(NO_BODY);
  }
  return new Promise((resolve) => {
    const hash = createHash('sha256');
    let chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes <= maxBytes) chunks.push(chunk);
      else chunks = [];
    });
    request.on('end', () => {
      if (bytes === 0) resolve(NO_BODY);
      else {
        const isTooLarge = bytes > maxBytes;
        const text = isTooLarge ? '' : Buffer.concat(chunks).toString('utf8');
        resolve({ text, isTooLarge, hash: hash.digest('hex').slice(0, 16) });
      }
    });
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}

/** Parses a body as JSON. A body with a JSON content type must be valid JSON; others are parsed if possible. */
export function parseJsonBody(text: string, contentType: string | undefined): { isBroken: boolean; value?: unknown } {
  if (text === '') return { isBroken: false };
  try {
    return { isBroken: false, value: JSON.parse(text) as unknown };
  } catch {
    return { isBroken: contentType?.toLowerCase().includes('json') === true };
  }
}
