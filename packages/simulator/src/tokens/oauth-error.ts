import type { Answer } from '../http/answer.js';

/** An error in OAuth's shape, which is not the shape of the API's errors. Both spellings of the description. */
export function buildOAuthError(status: number, error: string, description: string): Answer {
  return { status, body: { error, description, error_description: description } };
}
