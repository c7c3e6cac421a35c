/** Longest text of the user in a comment. NGINX reads lines of at most 4,096 bytes. */
const MAX_COMMENT_TEXT = 160;
const WIDTH = 110;

/**
 * A value as a JavaScript literal of printable ASCII. No text of the user can end the string or the line.
 */
export function toLiteral(value: unknown): string {
  return toAscii(JSON.stringify(value));
}

/** Replaces all characters but printable ASCII by escapes. */
function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text of the user in a comment: one line of printable ASCII. */
export function quoteText(text: string): string {
  const short = text.length > MAX_COMMENT_TEXT ? `${text.slice(0, MAX_COMMENT_TEXT)}...` : text;
  return toLiteral(short);
}

/** Prints sentences as lines of a comment, wrapped. A sentence may contain text of the user. */
export function comment(sentences: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of toAscii(sentences).split(' ').flatMap(splitWord)) {
    if (line !== '' && line.length + word.length + 1 > WIDTH - indent.length) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines.map((each) => `${indent}# ${each}\n`).join('');
}

/** Splits a word that no line can hold. */
function splitWord(word: string): string[] {
  return word.length <= WIDTH ? [word] : (word.match(/.{1,100}/g) as string[]);
}
