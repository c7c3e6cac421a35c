import { check, ConfigError, digestParts, RecordCipher, type StoredEvent } from '@holdline/core';
import type { IncomingEvent } from './types.js';

/** Longest identifier, key and type of an event, in characters. */
const MAX_NAME_LENGTH = 1_024;

/** Turns events into their stored form and back. */
export class EventCodec {
  readonly #cipher: RecordCipher | undefined;

  /** @param keys - Encryption keys of the store. Without them, events are stored as plain JSON. */
  constructor(
    readonly inbox: string,
    readonly maxLength: number,
    keys: readonly Uint8Array[] = [],
  ) {
    this.#cipher = keys.length > 0 ? new RecordCipher(keys, `inbox:${inbox}`) : undefined;
  }

  /** @throws ConfigError if the event is too large, or its data are no JSON value. */
  async encode(event: IncomingEvent, receivedAt: number): Promise<StoredEvent> {
    const text = toJson(event);
    if (text.length > this.maxLength)
      throw new ConfigError(`the event must have at most ${this.maxLength} characters as JSON, got ${text.length}`);
    const { id, key } = event;
    return {
      id,
      // A key may name a person, and the store needs only to compare it.
      key: key === undefined ? undefined : digestParts(this.inbox, key),
      body: this.#cipher ? await this.#cipher.encrypt(id, event) : text,
      receivedAt,
      attempts: 0,
      reason: undefined,
    };
  }

  /** Undefined: no key decrypts the event. */
  async decode({ id, body }: StoredEvent): Promise<IncomingEvent | undefined> {
    try {
      // Events that were stored before the store had a key are plain JSON. Base64 has no brace.
      const event = body.startsWith('{') ? JSON.parse(body) : await this.#cipher?.decrypt(id, body);
      return event as IncomingEvent | undefined;
    } catch {
      return undefined;
    }
  }
}

/**
 * Checks the names of an event from outside. No error shows its contents.
 * @throws ConfigError naming the wrong member.
 */
export function checkEvent(event: IncomingEvent): IncomingEvent {
  if (!check.isRecord(event)) check.refuse('event', event, 'an object with id and data');
  const { id, key, type, data } = event;
  checkName('event.id', id);
  if (key !== undefined) checkName('event.key', key);
  if (type !== undefined) checkName('event.type', type);
  return { id, key, type, data };
}

function toJson(event: IncomingEvent): string {
  const { data } = event;
  try {
    if (data !== undefined && typeof data !== 'function' && typeof data !== 'symbol') return JSON.stringify(event);
  } catch {
    // A circle, or a bigint.
  }
  throw new ConfigError(`event.data must be a JSON value, got ${typeof data}`);
}

function checkName(key: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH) return;
  const got = typeof value === 'string' ? `a string of ${value.length} characters` : typeof value;
  throw new ConfigError(`${key} must be a string of 1 to ${MAX_NAME_LENGTH} characters, got ${got}`);
}
