const encoder = new TextEncoder();

/** Bytes that mean themselves in a regular expression and in every kind of quotes. */
const PLAIN = /[A-Za-z0-9_]/;

/**
 * A regular expression that matches the bytes of a text. All but letters, digits and `_` become `\xHH`, so that no text of a user can
 * end a word, a quotation or a line of the file.
 *
 * @param backslash - How a backslash is written where the expression stands: doubled in an argument of a converter.
 */
export function regexOf(text: string, backslash = '\\'): string {
  let out = '';
  for (const byte of encoder.encode(text)) {
    const character = String.fromCharCode(byte);
    out += PLAIN.test(character) ? character : `${backslash}x${byte.toString(16).padStart(2, '0')}`;
  }
  return out;
}

/** Longest text of a user in a comment or a field of the log. */
const LONGEST = 200;

/** Characters that end a line or are not shown: control, format, lone surrogate, line and paragraph separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text of a user in one line, without control characters, for a comment. */
export function commentOf(text: string): string {
  const clean = text.replace(UNSEEN, '?');
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST).replace(UNSEEN, '')}…` : clean;
}

/** Characters that HAProxy's arguments, its log formats and JSON leave alone. */
const PLAIN_IN_LOG = /[A-Za-z0-9 _.:/*-]/;

/** A text of a user for the log: all but plain characters are percent-encoded. */
export function logText(text: string): string {
  let out = '';
  for (const byte of encoder.encode(text.slice(0, LONGEST))) {
    const character = String.fromCharCode(byte);
    out += PLAIN_IN_LOG.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** A comment of any length, broken into lines. */
export function comment(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of commentWords(text)) {
    if (line !== '' && line.length + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].map((part) => `${indent}# ${part}`.trimEnd());
}

const WIDTH = 110;

const commentWords = (text: string): string[] =>
  text
    .replace(UNSEEN, ' ')
    .split(' ')
    .filter((word) => word !== '');
