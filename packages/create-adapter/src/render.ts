/** Values that the files of a template name as `$key$`. */
export type Values = Readonly<Record<string, string>>;

/**
 * Replaces `$key$` in one pass, so that a value may contain such a text itself.
 * @throws Error if the template names a key without a value.
 */
export function render(text: string, values: Values): string {
  return text.replace(/\$([A-Za-z]+)\$/g, (_, key: string) => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value === undefined) throw new Error(`the template names $${key}$, which has no value`);
    return value;
  });
}

/** Characters that have a meaning in the middle of a paragraph of Markdown. */
const MARKDOWN = /[\\`*_[\]<>&~]/g;
/** Characters that have a meaning at its start: headings, lists, quotations, and numbered lists. */
const MARKDOWN_START = /^(?:[^\p{L}\p{N}\s]|\d+(?=[.)]))/u;

const entitiesOf = (text: string): string => [...text].map((char) => `&#${char.codePointAt(0)};`).join('');

/** Writes a text so that Markdown shows it as it is. Entities stay as they are when a formatter goes over the file. */
export function escapeMarkdown(text: string): string {
  const start = MARKDOWN_START.exec(text)?.[0] ?? '';
  return entitiesOf(start) + text.slice(start.length).replace(MARKDOWN, entitiesOf);
}
