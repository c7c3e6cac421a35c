import { FlowFileError, printable, type FlowFileErrorCode } from './flow-file-error.js';

/** Text of a file. Bytes are UTF-8, or UTF-16 with a byte order mark, as PowerShell writes it. */
export function decodeText(source: string | Uint8Array, file: string): string {
  const text = (typeof source === 'string' ? source : decodeBytes(source, file)).replace(/^\uFEFF/, '');
  const nul = text.indexOf('\0');
  if (nul >= 0)
    throw errorAt('ENCODING', 'the file has a NUL character; UTF-16 needs a byte order mark', text, nul, file);
  if (text.trim() === '') throw new FlowFileError('NOT_A_FLOW', 'the file is empty', { file, path: '' });
  return text;
}

function decodeBytes(bytes: Uint8Array, file: string): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const text = new TextDecoder(encoding).decode(bytes);
    const problem = `the file is no ${encoding.toUpperCase()} text`;
    throw errorAt('ENCODING', problem, text, text.indexOf('\uFFFD'), file, cause);
  }
}

/**
 * Base64, also with the alphabet for URLs, of a text that begins with `%` or `{`. Percent-encoded JSON begins with `%7B`. YAML with a mapping
 * always has a colon, which base64 does not have.
 */
const EXPORT = /^(?:J[Q-Za-f]|e[w-z0-9+/_-])[A-Za-z0-9+/_\-\s]*={0,2}$/;

/**
 * The JSON of an export or of the API; undefined for a text that can only be YAML. JSON that is no export is left to the YAML reader: YAML
 * contains JSON, and Archy reads both.
 */
export function decodeExport(text: string, file: string): object | undefined {
  const trimmed = text.trim();
  if (EXPORT.test(trimmed)) return parseExport(decodeBase64(trimmed, file), file);
  if (!trimmed.startsWith('{')) return undefined;
  return parseJson(trimmed, file);
}

function decodeBase64(text: string, file: string): string {
  let bytes: string;
  try {
    bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch (cause) {
    const problem = 'the base64 of the export has a wrong length: the file was perhaps cut off';
    throw new FlowFileError('ENCODING', problem, { file, path: '' }, { cause });
  }
  // JSON that somebody encoded without percent signs.
  if (bytes.startsWith('{'))
    return decodeText(
      Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)),
      file,
    );
  try {
    return decodeURIComponent(bytes);
  } catch (cause) {
    const problem =
      'the base64 of the export has no percent-encoded text: a % is not followed by UTF-8 in hexadecimal digits';
    throw new FlowFileError('ENCODING', problem, { file, path: '' }, { cause });
  }
}

const isFlow = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'flowSequenceItemList');

function parseExport(text: string, file: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (cause) {
    throw syntaxError(cause, file);
  }
  if (isFlow(value)) return value;
  throw new FlowFileError('NOT_A_FLOW', 'the export has no flowSequenceItemList', { file, path: '' });
}

function parseJson(text: string, file: string): object | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isFlow(value) ? value : undefined;
  } catch (cause) {
    if (text.includes('"flowSequenceItemList"')) throw syntaxError(cause, file);
    // A flow in the flow style of YAML begins with a brace too.
    return undefined;
  }
}

/** The message of the parser has the place, and at most a few characters of the text. */
const syntaxError = (cause: unknown, file: string): FlowFileError => {
  const problem = `the JSON of the export has an error: ${printable((cause as Error).message, 200)}`;
  return new FlowFileError('SYNTAX', problem, { file, path: '' }, { cause });
};

function errorAt(
  code: FlowFileErrorCode,
  problem: string,
  text: string,
  offset: number,
  file: string,
  cause?: unknown,
): FlowFileError {
  if (offset < 0) return new FlowFileError(code, problem, { file, path: '' }, { cause });
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return new FlowFileError(code, problem, { file, line, column, path: '' }, { cause });
}
