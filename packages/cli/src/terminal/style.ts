import type { Terminal } from './terminal.js';

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34 } as const;

/** Colours a text, if the terminal has colours. */
export type Style = (name: keyof typeof CODES, text: string) => string;

/** The style function of a terminal. */
export function styleOf({ colour }: Pick<Terminal, 'colour'>): Style {
  return (name, text) => (colour ? `\u001B[${CODES[name]}m${text}\u001B[0m` : text);
}

/** A table with aligned columns, without a border. The last column is not padded. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return all.map((row) => `${line(row)}\n`).join('');
}

/** Breaks a text into lines of at most `width` characters, each with `indent` in front. */
export function wrap(text: string, indent = '', width = 100): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part) => `${indent}${part}\n`).join('');
}
