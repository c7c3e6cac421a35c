import { letterBody, type LetterBody, type LetterParts } from '@holdline/core';
import { listPairs } from './headers.js';
import type { NativeInit, NativeRequest } from './types.js';

/** Builds the parts of a dead letter from a request. */
export function buildLetterParts(url: string, request: NativeRequest | undefined, init: NativeInit): LetterParts {
  if (request)
    return {
      url,
      headers: [...request.headers],
      get body() {
        return readRequestBody(request);
      },
    };
  const { body } = init;
  const headers = listPairs((init.headers ?? []) as object) as [string, string][];
  // The content type that fetch itself would add. fetch adds none for bytes.
  const type = body instanceof URLSearchParams ? FORM_TYPE : ((body as Partial<Blob> | null | undefined)?.type ?? '');
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    url,
    headers: hasType || type === '' ? headers : [...headers, ['content-type', type]],
    get body() {
      return letterBody(body);
    },
  };
}

const FORM_TYPE = 'application/x-www-form-urlencoded;charset=UTF-8';

/** Reads the bytes of a request body that is not used yet. */
function readRequestBody(request: NativeRequest): LetterBody | Promise<LetterBody> {
  if (request.body === null) return undefined;
  if (request.bodyUsed) return null;
  const bytes = request.clone().arrayBuffer();
  return bytes.then((read) => {
    const body = new Uint8Array(read);
    // Firefox does not tell whether a request has a body.
    return body.length > 0 ? body : undefined;
  });
}
