import { type BodyForm, formOf, inForm } from '../../call/body-form.js';
import type { CallRequest, KeptAnswer } from '../../contract/call.js';
import type { Outcome } from '../../contract/outcome.js';
import { readSafely, readText } from '../../contract/safe-read.js';
import { CREDENTIAL_NAMES } from '../../http/credential-headers.js';

/** An answer that several callers get. Each gets its own object and its own bytes. */
export interface SharedAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: BodyForm;
  /** Text, or bytes. Data that the client has parsed is kept as the text of its JSON. */
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** Headers that say nothing about a kept answer: of the connection, of the coding, and about quotas at the time of the answer. */
const DROPPED =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-encoding|content-length|retry-after|(x-|inin-)?rate-?limit.*)$/;

/** Headers of a client whose results do not list theirs. */
const READ_BY_NAME = [
  'age',
  'cache-control',
  'content-language',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'link',
  'vary',
];

/** Keeps an answer. Undefined: its body is a stream, too long, or broke. */
export async function keepAnswer(
  request: CallRequest,
  { value, status, threw, header }: Outcome,
  maxBytes: number,
): Promise<SharedAnswer | undefined> {
  if (threw || status === undefined || !request.answerBody || !request.restoreAnswer) return undefined;
  try {
    const headers = keptHeaders(value, header);
    const statusText = readText(value, 'statusText') ?? '';
    const body = await request.answerBody(value, maxBytes);
    const form = formOf(body);
    if (form === undefined) return undefined;
    // The caller may change its own object, so bytes and data are copied.
    const kept =
      form === 'text'
        ? (body as string)
        : form === 'data'
          ? JSON.stringify(body)
          : new Uint8Array(body as ArrayBuffer).slice();
    return kept.length <= maxBytes ? { status, statusText, headers, form, body: kept } : undefined;
  } catch {
    return undefined;
  }
}

/** The answer for one caller. */
export function ownAnswer({ status, statusText, headers, form, body }: SharedAnswer): KeptAnswer {
  const own =
    typeof body !== 'string' ? inForm(form, body.slice()) : form === 'data' ? (JSON.parse(body) as unknown) : body;
  return { status, statusText, headers, body: own };
}

/** Bytes that a text takes in memory. V8 stores a text with other than Latin-1 characters in two bytes each. */
export function sizeOf(text: string | Uint8Array): number {
  if (typeof text !== 'string') return text.length;
  return /^[\0-\xff]*$/.test(text) ? text.length : 2 * text.length;
}

/** The headers of an answer that others may get. */
export function keptHeaders(value: unknown, header: Outcome['header']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(listHeaders(value, header)).filter(([name]) => !DROPPED.test(name) && !CREDENTIAL_NAMES.test(name)),
  );
}

/** All headers of an answer, credentials included. */
export function listHeaders(value: unknown, header: Outcome['header']): Record<string, string> {
  const headers = readSafely(value, 'headers');
  const listed: Record<string, string> = {};
  if (typeof headers === 'object' && headers !== null) {
    const entries = Symbol.iterator in headers ? (headers as Iterable<[string, unknown]>) : Object.entries(headers);
    for (const [name, text] of entries)
      if (typeof text === 'string' || Array.isArray(text)) listed[name.toLowerCase()] = String(text);
    return listed;
  }
  for (const name of READ_BY_NAME) {
    const text = header(name);
    if (text !== undefined) listed[name] = text;
  }
  return listed;
}
