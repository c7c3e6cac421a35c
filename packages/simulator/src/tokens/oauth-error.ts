import type { Answer } from '../http/answer.js';

/** Builds an error in OAuth's form, which differs from API errors. It sends the description in both spellings. */
export function buildOAuthError(status: number, error: string, description: string): Answer {
  return { status, body: { error, description, error_description: description } };
}
