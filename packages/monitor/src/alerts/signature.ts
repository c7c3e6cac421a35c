import type { Secret } from '@holdline/core';

const PREFIX = 'whsec_';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

function decode(secret: Secret): Uint8Array<ArrayBuffer> | undefined {
  const text = secret.reveal();
  try {
    const bytes = Uint8Array.from(atob(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text), (char) =>
      char.charCodeAt(0),
    );
    return bytes.length > 0 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a secret is base64, as Standard Webhooks require. */
export function importableSecret(secret: Secret): boolean {
  return decode(secret) !== undefined;
}

/** Signs a webhook as Standard Webhooks require: HMAC-SHA256 of identifier, time in seconds and body. */
export async function signWebhook(secret: Secret, id: string, seconds: number, body: string): Promise<string> {
  const raw = decode(secret) as Uint8Array<ArrayBuffer>;
  const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signature = await crypto.subtle.sign('HMAC', key, bytesOf(`${id}.${seconds}.${body}`));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(signature)))}`;
}

/** A new identifier of a webhook: 128 random bits. */
export function createWebhookId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `msg_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
