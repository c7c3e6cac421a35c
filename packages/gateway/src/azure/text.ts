/** A text as an attribute or the content of an element. Characters that XML does not have become U+FFFD. */
export function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A text as a comment, in which `--` would end it and `{{name}}` would be a named value. */
export const xmlComment = (text: string): string =>
  `<!-- ${text
    .replace(/[^\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ' ')
    .replace(/-(?=-)/g, '- ')
    .replace(/-$/, '- ')
    .replace(/\{(?=\{)/g, '{ ')} -->`;

/**
 * A text as a string of C#. Quotes, backslashes and all characters beyond ASCII become escapes; so do braces, because `{{name}}` is a named
 * value of the service.
 */
export const csharpString = (text: string): string =>
  `"${text.replace(/[^ !#-[\]-z|~]/g, (character) => `\\u${hex(character)}`)}"`;

const hex = (character: string): string => character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');

/** A regular expression of .NET that matches a text, for a verbatim string of C#: `@"…"`. */
export function dotnetRegex(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, (character) => `\\u${hex(character)}`);
}
