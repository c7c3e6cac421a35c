import type { RoutePattern } from '../plan/types.js';
import { toLiteral } from './escape.js';

/**
 * How the script reads the text of a path: as a line does, decoded and normalised as RFC 3986 says, or as the most lenient server would.
 */
export type Reading = 'raw' | 'decoded' | 'lenient';

export const READINGS: readonly Reading[] = ['raw', 'decoded', 'lenient'];

/** Half of a character, which cannot be encoded. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Reads the fixed text of a pattern as the script reads the segments of a path. */
export function readText(text: string, reading: Reading, caseInsensitive: boolean): string {
  const fold = (value: string): string => (caseInsensitive ? value.toLowerCase() : value);
  if (reading === 'raw') return fold(text);
  // On the wire, text beyond ASCII is encoded.
  const sent = text.replace(/[^\x20-\x7e]+/g, (chars) => encodeURIComponent(chars.replace(LONE, '\ufffd')));
  if (reading === 'decoded') return fold(decode(sent, /[/%]/));
  let lenient = sent;
  for (let i = 0; i < 4; i++) lenient = decode(lenient);
  return lenient.replace(/[\\;].*$/s, '').toLowerCase();
}

/** Decodes printable ASCII but what `keep` matches. Other escapes are written in capitals. */
function decode(text: string, keep?: RegExp): string {
  return text.replace(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    const char = String.fromCharCode(code);
    return code > 31 && code < 127 && !keep?.test(char) ? char : whole.toUpperCase();
  });
}

interface Node {
  readonly fixed: Map<string, Node>;
  any: Node | undefined;
  readonly exact: number[];
  readonly rest: number[];
}

const createNode = (): Node => ({ fixed: new Map(), any: undefined, exact: [], rest: [] });

/**
 * Writes a function that returns the places of all patterns that match a method and segments, in the order of the patterns. A function needs
 * no work for a request that it does not match: njs would make a table again for each request.
 *
 * @param patterns - The most specific first.
 */
export function printMatcher(name: string, patterns: readonly RoutePattern[], read: (text: string) => string): string {
  const root = createNode();
  patterns.forEach(({ segments }, place) => {
    let node = root;
    for (const segment of segments) {
      if (segment === '**') return void node.rest.push(place);
      if (segment === '*' || segment.startsWith(':')) node = node.any ??= createNode();
      else {
        const text = read(segment);
        const child = node.fixed.get(text) ?? createNode();
        node.fixed.set(text, child);
        node = child;
      }
    }
    node.exact.push(place);
  });
  const body = printNode(root, 0, patterns, '  ');
  return `function ${name}(m, s) {\n  const n = s.length;\n  const f = [];\n${body}  return f;\n}\n`;
}

function printNode(node: Node, depth: number, patterns: readonly RoutePattern[], indent: string): string {
  const take = (places: readonly number[], at: string): string =>
    places
      .map((place) => {
        const { method } = patterns[place] as RoutePattern;
        return `${at}${method === '*' ? '' : `if (m === ${toLiteral(method)}) `}f.push(${place});\n`;
      })
      .join('');
  const inner = `${indent}  `;
  const cases = [...node.fixed].map(
    ([text, child]) =>
      `${inner}  case ${toLiteral(text)}:\n${printNode(child, depth + 1, patterns, `${inner}    `)}${inner}    break;\n`,
  );
  const deeper = [
    cases.length > 0 ? `${inner}switch (s[${depth}]) {\n${cases.join('')}${inner}}\n` : '',
    node.any ? printNode(node.any, depth + 1, patterns, inner) : '',
  ].join('');
  const exact = take(node.exact, inner);
  return [
    exact && `${indent}if (n === ${depth}) {\n${exact}${indent}}\n`,
    deeper && `${indent}if (n > ${depth}) {\n${deeper}${indent}}\n`,
    take(node.rest, indent),
  ].join('');
}

/** Writes a function that returns one of some values by its place. */
export function printLookup(name: string, values: readonly unknown[]): string {
  const cases = values.map((value, place) => `    case ${place}:\n      return ${toLiteral(value)};\n`);
  if (cases.length === 0) return `function ${name}() {\n  return undefined;\n}\n`;
  return `function ${name}(at) {\n  switch (at) {\n${cases.join('')}  }\n}\n`;
}
