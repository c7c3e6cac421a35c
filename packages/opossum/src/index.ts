export { attempt, AttemptFailure } from './attempt.js';
export type { BreakerFactory, BreakerLike } from './breaker.js';
export { opossum } from './opossum.js';
