import { type Finding, finding } from '../finding.js';
import type { SourceFile } from './sources.js';

/** Places that a finding lists. Further places are counted. */
const MAX_PLACES = 20;

const STORAGE = /\b(localStorage|sessionStorage)\b\s*(?:\?\.|\.|\[)/g;
const TOKEN_WORD = /token|jwt|bearer|secret|credential|api[_-]?key|password|authorization/i;
const READ_ONLY = /^(?:getItem|removeItem|clear|key|length)\b/;
const PERSIST = /\.\s*setPersistSettings\s*\(\s*true/g;
/** A string, or a comment. Strings come first, because a URL has two slashes. */
const STRING_OR_COMMENT = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[^]*?\*\//g;
const SOCKETS = /\bmaxSockets\s*[:=]\s*(\d+)\b/g;

/** A number of sockets in the sources. */
export interface SocketLiteral {
  readonly place: string;
  readonly maxSockets: number;
}

/** Collects what the sources of a project say about tokens and sockets. */
export class SourceChecks {
  readonly sockets: SocketLiteral[] = [];
  readonly #local: string[] = [];
  readonly #session: string[] = [];
  readonly #persisted: string[] = [];

  read({ path, text: whole }: SourceFile): void {
    const text = withoutComments(whole);
    for (const { 0: match, 1: storage, index } of text.matchAll(STORAGE)) {
      const statement = statementAt(text, index + match.length);
      if (READ_ONLY.test(statement) || !isWrite(statement, match) || !TOKEN_WORD.test(statement)) continue;
      (storage === 'localStorage' ? this.#local : this.#session).push(placeOf(path, text, index));
    }
    for (const { index } of text.matchAll(PERSIST)) this.#persisted.push(placeOf(path, text, index));
    for (const { 1: size, index } of text.matchAll(SOCKETS))
      this.sockets.push({ place: placeOf(path, text, index), maxSockets: Number(size) });
  }

  findings(): Finding[] {
    const fix =
      'Keep the token in memory. In browsers, tabStore() of @holdline/core/browser shares it between tabs without a storage.';
    const stored = (
      places: readonly string[],
      storage: string,
      severity: 'error' | 'warning',
      why: string,
    ): Finding[] =>
      places.length === 0
        ? []
        : [
            finding({
              severity,
              check: 'token-in-web-storage',
              what: `A token or another secret goes to ${storage}.`,
              where: shorten(places),
              why,
              fix,
              source: 'docs/guides/security.md of Holdline',
            }),
          ];
    return [
      ...stored(
        this.#local,
        'localStorage',
        'error',
        'Every script of the same origin can read it, also after the tab has closed.',
      ),
      ...stored(this.#session, 'sessionStorage', 'warning', 'Every script of the same page can read it.'),
      ...stored(
        this.#persisted,
        'localStorage, by setPersistSettings(true) of the Genesys SDK',
        'error',
        'Every script of the same origin can read it, also after the tab has closed.',
      ),
    ];
  }
}

/** Blanks comments, which may well speak of tokens. Lines and columns stay. */
function withoutComments(text: string): string {
  return text.replace(STRING_OR_COMMENT, (part) => (part.startsWith('/') ? part.replace(/[^\n]/g, ' ') : part));
}

/** The rest of a statement, up to a semicolon or an empty line, at most 200 characters. */
function statementAt(text: string, from: number): string {
  const rest = text.slice(from, from + 200);
  const end = /;|\n\s*\n/.exec(rest)?.index ?? rest.length;
  return rest.slice(0, end);
}

/** `setItem(…)`, `localStorage.name = …` or `localStorage['name'] = …`, but no comparison. */
function isWrite(statement: string, match: string): boolean {
  if (statement.startsWith('setItem')) return true;
  const assignment = match.endsWith('[') ? /^[^\]\n]*\]\s*=(?!=)/ : /^\w+\s*=(?!=)/;
  return assignment.test(statement);
}

function placeOf(path: string, text: string, index: number): string {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line++;
  return `${path}:${line}`;
}

/** At most twenty places, and the number of the others. */
export function shorten(places: readonly string[]): string[] {
  return places.length <= MAX_PLACES
    ? [...places]
    : [...places.slice(0, MAX_PLACES), `and ${places.length - MAX_PLACES} more`];
}
