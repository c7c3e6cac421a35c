import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request body, read to its end. */
export interface RequestBody {
  /** Empty when the body was larger than allowed: such a body is hashed but not kept. */
  readonly text: string;
  readonly isTooLarge: boolean;
  /** First 16 hex digits of SHA-256; empty without a body. */
  readonly hash: string;
}

const NO_BODY: RequestBody = { text: '', isTooLarge: false, hash: '' };

/** Reads the whole body; undefined when the client went away before its end. */
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

/** What calls itself JSON must be JSON; anything else is read if it can be, and left alone if not. */
export function parseJsonBody(text: string, contentType: string | undefined): { isBroken: boolean; value?: unknown } {
  if (text === '') return { isBroken: false };
  try {
    return { isBroken: false, value: JSON.parse(text) as unknown };
  } catch {
    return { isBroken: contentType?.toLowerCase().includes('json') === true };
  }
}
