import type {} from 'axios';
import type { CallContext } from '@holdline/core';

declare module 'axios' {
  interface AxiosRequestConfig {
    /** Call context for this request, as for `withCall`. */
    holdline?: CallContext;
  }
}

// For users.
export { guardAxios } from './guard.js';

// For adapters of SDKs that contain an axios instance.
export { attachAxios } from './attach.js';
export { letterSender } from './dead-letter.js';
export type { AttachOptions } from './options.js';
export { outcomeOfError, outcomeOfResponse, outcomeOfUpload } from './outcome.js';
export { answerIn } from './response.js';
export type { AxiosLike, BeforeRedirect, CancelTokenLike, NativeConfig, NativeResponse } from './types.js';

// For our own packages. These exports may change in any version.
export { copyParsed } from './answer-data.js';
export { copyAnswer } from './request-config.js';
export { copyHeaders, createHeaderReader, readHeader, writeHeader } from './headers.js';
