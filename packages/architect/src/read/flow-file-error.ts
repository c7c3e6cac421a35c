import type { Place } from '../flow/types.js';

/**
 * Codes of {@link FlowFileError}. They are stable across versions.
 *
 * | code | meaning |
 * | --- | --- |
 * | `TOO_LARGE` | the file has more bytes, tokens, nodes or actions than the reader takes |
 * | `TOO_DEEP` | actions or values are nested deeper than the reader follows |
 * | `ENCODING` | the bytes are no text, or the export is no base64 of percent-encoded text |
 * | `SYNTAX` | the text is no YAML or JSON |
 * | `NOT_A_FLOW` | the text is YAML or JSON, and not of a flow |
 * | `SHAPE` | a part of the flow has another type than Architect writes |
 * | `DUPLICATE_KEY` | a mapping has the same key twice |
 * | `MISSING_ID` | an action, a task or a state of an export has no id |
 * | `DUPLICATE_ID` | two actions, or two tasks or states, have the same id |
 * | `BROKEN_REFERENCE` | an action leads to an action that its sequence does not have |
 * @public
 */
export type FlowFileErrorCode =
  | 'TOO_LARGE'
  | 'TOO_DEEP'
  | 'ENCODING'
  | 'SYNTAX'
  | 'NOT_A_FLOW'
  | 'SHAPE'
  | 'DUPLICATE_KEY'
  | 'MISSING_ID'
  | 'DUPLICATE_ID'
  | 'BROKEN_REFERENCE';

/** Place of a finding or an error as text: `flows/lookup.yaml:12:9 (Task "Look up")`. */
export function formatPlace({ file, line, column, path }: Place): string {
  const position = [line, column].filter((part) => part !== undefined).join(':');
  return `${printable(file, 500)}${position && `:${position}`}${path && ` (${path})`}`;
}

/**
 * Name as text for a terminal or a log. Control characters of a hostile file would move the cursor or end the line, so they become spaces.
 */
export function printable(text: string, maxLength = 80): string {
  const plain = text
    .slice(0, maxLength + 1)
    .replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]+/g, ' ');
  return plain.length > maxLength ? `${plain.slice(0, maxLength - 1)}…` : plain;
}

/**
 * A file that is no flow, or that the reader does not take. The message has the place and what is wrong.
 *
 * @example
 * ```ts
 * import { FlowFileError, readFlow } from '@holdline/architect';
 *
 * try {
 *   readFlow('workflow: [', { file: 'lookup.yaml' });
 * } catch (error) {
 *   if (error instanceof FlowFileError) console.log(error.code, error.place.line); // SYNTAX 1
 * }
 * ```
 * @public
 */
export class FlowFileError extends Error {
  override readonly name = 'FlowFileError';
  readonly code: FlowFileErrorCode;
  /** File, line and column as far as they are known, and names down to the part that is wrong. */
  readonly place: Place;

  constructor(code: FlowFileErrorCode, problem: string, place: Place, options?: { cause?: unknown }) {
    super(`${formatPlace(place)}: ${problem}`, options);
    this.code = code;
    this.place = place;
  }
}
