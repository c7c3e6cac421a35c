import type { Feature } from './types.js';

const ALL: Readonly<Record<Feature, true>> = {
  signal: true,
  endOnWire: true,
  headers: true,
  absoluteUrl: true,
  redirects: true,
  streamBody: true,
  binaryBody: true,
  streamAnswer: true,
  interceptor: true,
  oneConnection: true,
  ownTransport: true,
  secondCopy: true,
  callInfo: true,
  lineToken: true,
  ownOrigin: true,
  clientCredential: true,
  localFailure: true,
  connectErrors: true,
  deadLetters: true,
  copyAnswer: true,
  keptAnswers: true,
  variants: true,
  transactions: true,
};

/** All features that `lacks` may name. */
export const FEATURES = Object.keys(ALL) as Feature[];
