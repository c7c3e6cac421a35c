/** Names that npm takes for a new package. */
const NEW_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
/** Older packages may have upper-case letters. */
const OLD_NAME = /^(?:@[a-z0-9~][\w.~-]*\/)?[a-z0-9~][\w.~-]*$/i;
const MAX_NAME = 214;
const REFUSED = ['node_modules', 'favicon.ico'];

/** Words that cannot name a constant of a module. */
const RESERVED = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum eval export extends false finally for function ' +
    'if implements import in instanceof interface let new null package private protected public return static super switch this throw ' +
    'true try typeof undefined var void while with yield arguments'
  ).split(' '),
);
const MAX_IDENTIFIER = 40;

/** Says why npm refuses a name for a new package; undefined if npm takes the name. */
export function problemOfPackageName(name: string): string | undefined {
  const isAllowed = NEW_NAME.test(name) && name.length <= MAX_NAME && !REFUSED.includes(name);
  return isAllowed
    ? undefined
    : 'allowed is a name of npm: lower-case letters, digits, "-", "." and "_", with "@scope/" before it if wanted, at most 214 characters';
}

/** A package and the range of versions that the user named, as `superagent` or `superagent@^10.2.0`. */
export interface ClientSpec {
  readonly name: string;
  readonly range: string | undefined;
}

/** Splits a package and its range; undefined if one of them is wrong. */
export function parseClient(text: string): ClientSpec | undefined {
  const at = text.indexOf('@', 1);
  const name = at < 0 ? text : text.slice(0, at);
  const range = at < 0 ? undefined : text.slice(at + 1).trim();
  const isRange = range === undefined || /^(?:\*|[\d.x*^~<>=| -]*\d[\w.x*^~<>=| +-]*)$/.test(range);
  return OLD_NAME.test(name) && name.length <= MAX_NAME && isRange ? { name, range } : undefined;
}

/** Whether a text can be the name of an exported constant. */
export function isIdentifier(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !RESERVED.has(text) && text.length <= MAX_IDENTIFIER;
}

/** Words of a package name in one word: `@acme/holdline-super-agent` becomes `SuperAgent`. */
function pascalCase(name: string): string {
  const words = name
    .replace(/^@[^/]*\//, '')
    .replace(/^holdline-(?=.)|(?<=.)-(?:holdline|adapter|policy)$/g, '')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

/** Name of the guard function for a client, or for a package without a known client. */
export function guardNameOf(name: string): string {
  return `guard${pascalCase(name) || 'Client'}`.slice(0, MAX_IDENTIFIER);
}

/** Name of the exported policy of a package. */
export function policyNameOf(name: string): string {
  const word = pascalCase(name).replace(/^\d+/, '').slice(0, MAX_IDENTIFIER);
  const camel = word.charAt(0).toLowerCase() + word.slice(1);
  return isIdentifier(camel) ? camel : 'policy';
}
