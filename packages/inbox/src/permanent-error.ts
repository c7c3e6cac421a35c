/**
 * Says that an event can never be handled, so that the inbox does not repeat the handling and keeps the event as a dead letter.
 *
 * The inbox recognises any error with `permanent: true`, also of another copy of this package.
 * @example
 * ```ts
 * import { PermanentError } from '@holdline/inbox';
 *
 * const parse = (data: unknown): { conversationId: string } => {
 *   const { conversationId } = data as { conversationId?: unknown };
 *   if (typeof conversationId !== 'string') throw new PermanentError('the event has no conversationId');
 *   return { conversationId };
 * };
 * ```
 * @public
 */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
  readonly permanent = true;
}

/** Whether an error is permanent. */
export function isPermanent(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { permanent?: unknown }).permanent === true;
}
