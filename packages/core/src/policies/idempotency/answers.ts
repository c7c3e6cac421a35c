import type { ActiveCall } from '../../call/call.js';
import { type BodyForm, formOf, inForm } from '../../call/body-form.js';
import type { KeptAnswer } from '../../contract/call.js';
import type { Journal, StepResult } from '../../contract/journal.js';
import type { Outcome } from '../../contract/outcome.js';
import { readSafely } from '../../contract/safe-read.js';
import { fromBinaryString, RecordCipher, toBinaryString } from '../../crypto/cipher.js';

/** Headers of an answer that the journal keeps. None of them is a credential. */
const KEPT_HEADERS = [
  'content-language',
  'content-type',
  'correlation-id',
  'date',
  'etag',
  'icstatusdescription',
  'inin-correlation-id',
  'last-modified',
  'link',
  'location',
  'request-id',
  'x-correlation-id',
  'x-request-id',
];

/** An answer as the journal stores it. Bytes are a string with one character for each byte. */
interface StoredAnswer extends Omit<KeptAnswer, 'body'> {
  readonly form: BodyForm;
  readonly body: unknown;
}

/** Keeps the answers of executed steps in the entries of a journal. */
export class AnswerKeeper {
  readonly #journal: Journal;
  readonly #maxBytes: number;
  #cipher: RecordCipher | undefined;

  constructor(journal: Journal, maxBytes: number) {
    this.#journal = journal;
    this.#maxBytes = maxBytes;
  }

  /** Returns the answer as the entry of its step keeps it. Undefined: it cannot be kept. */
  async keep(name: string, { request }: ActiveCall, outcome: Outcome): Promise<string | undefined> {
    const { status, value, threw, header } = outcome;
    if (threw || status === undefined || !request.restoreAnswer || !request.answerBody) return undefined;
    try {
      const stored = storeBody(await request.answerBody(value, this.#maxBytes), this.#maxBytes);
      if (!stored) return undefined;
      const statusText = readSafely(value, 'statusText');
      const headers = readHeaders(header);
      const answer: StoredAnswer = {
        status,
        statusText: typeof statusText === 'string' ? statusText : '',
        headers,
        ...stored,
      };
      if (this.#journal.isInMemory) return JSON.stringify(answer);
      const cipher = this.#openCipher();
      if (cipher) return await cipher.encrypt(name, answer);
      // Without a key, headers and bodies stay out of the store.
      return stored.body === '' ? JSON.stringify({ ...answer, headers: {} }) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Returns a kept answer. Undefined: the entry has none, or no key decrypts it. */
  async restore(name: string, { answer }: StepResult): Promise<KeptAnswer | undefined> {
    if (answer === undefined) return undefined;
    try {
      const stored = (answer.startsWith('{') ? JSON.parse(answer) : await this.#openCipher()?.decrypt(name, answer)) as
        StoredAnswer | undefined;
      if (!stored) return undefined;
      const { form, body, ...rest } = stored;
      return { ...rest, body: restoreBody(form, body) };
    } catch {
      // The entry is damaged. Its step is done nevertheless.
      return undefined;
    }
  }

  #openCipher(): RecordCipher | undefined {
    const { keys = [] } = this.#journal;
    if (keys.length > 0) this.#cipher ??= new RecordCipher(keys, 'answer');
    return this.#cipher;
  }
}

function readHeaders(header: Outcome['header']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = header(name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Returns a body in the form to store. Undefined: it is too long, or not data. */
function storeBody(body: unknown, maxBytes: number): { form: BodyForm; body: unknown } | undefined {
  const form = formOf(body);
  if (form === undefined) return undefined;
  if (form === 'text') {
    const text = body as string;
    // Each character takes at least one byte.
    const isShort = text.length <= maxBytes && new TextEncoder().encode(text).length <= maxBytes;
    return isShort ? { form, body } : undefined;
  }
  if (form === 'data') return JSON.stringify(body).length <= maxBytes ? { form, body } : undefined;
  const bytes = body as ArrayBuffer | Uint8Array;
  return bytes.byteLength <= maxBytes ? { form, body: toBinaryString(new Uint8Array(bytes)) } : undefined;
}

function restoreBody(form: BodyForm, body: unknown): unknown {
  return form === 'text' || form === 'data' ? body : inForm(form, fromBinaryString(body as string));
}
