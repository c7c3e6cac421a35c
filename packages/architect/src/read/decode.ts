import { FlowFileError, type FlowFileErrorCode } from './flow-file-error.js';

/** Text of a file. Bytes are UTF-8, or UTF-16 with a byte order mark, as PowerShell writes it. */
export function decodeText(source: string | Uint8Array, file: string): string {
  const text = (typeof source === 'string' ? source : decodeBytes(source, file)).replace(/^\uFEFF/, '');
  const nul = text.indexOf('\0');
  if (nul >= 0) throw errorAt('ENCODING', 'the file has a NUL character', text, nul, file);
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
 * The JSON of an export or of the API; undefined for a text that can only be YAML. JSON that is no export is left to the YAML reader: YAML
 * contains JSON, and Archy reads both.
 */
export function decodeExport(text: string, file: string): object | undefined {
  const trimmed = text.trim();
  // YAML with a mapping always has a colon, which base64 does not have.
  if (/^[A-Za-z0-9+/\s]+={0,2}$/.test(trimmed)) return parseJson(decodeBase64(trimmed, file), file, true);
  if (!trimmed.startsWith('{')) return undefined;
  return parseJson(trimmed, file, false);
}

function decodeBase64(text: string, file: string): string {
  let encoded: string;
  try {
    encoded = atob(text);
  } catch (cause) {
    throw new FlowFileError(
      'ENCODING',
      'the file is neither YAML nor JSON, and no base64 of an export',
      { file, path: '' },
      { cause },
    );
  }
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    const problem =
      'the base64 of the export has no percent-encoded text: a % is not followed by UTF-8 in hexadecimal digits';
    throw new FlowFileError('ENCODING', problem, { file, path: '' }, { cause });
  }
}

function parseJson(text: string, file: string, isExport: boolean): object | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (cause) {
    // A flow in the flow style of YAML begins with a brace too.
    if (!isExport) return undefined;
    throw new FlowFileError('SYNTAX', 'the export has no JSON', { file, path: '' }, { cause });
  }
  const isFlow = typeof value === 'object' && value !== null && Object.hasOwn(value, 'flowSequenceItemList');
  if (isFlow) return value as object;
  if (!isExport) return undefined;
  throw new FlowFileError('NOT_A_FLOW', 'the export has no flowSequenceItemList', { file, path: '' });
}

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
