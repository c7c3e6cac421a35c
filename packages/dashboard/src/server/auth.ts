import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '@holdline/core';
import { WrongTokens } from './wrong-tokens.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Checks the token of a dashboard, and the cookie of those who signed in with it. Both comparisons take constant time. */
export class Door {
  readonly #token: Buffer;
  /** The cookie does not contain the token, and ends with the process. */
  readonly #session = randomBytes(32).toString('base64url');
  readonly #sessionDigest = digest(this.#session);

  readonly #wrong: WrongTokens;

  constructor(token: string, clock: Clock) {
    this.#token = digest(token);
    this.#wrong = new WrongTokens(clock);
  }

  /** Whether a text is the token. An address that sent too many wrong ones gets no answer to that. */
  isToken(text: string, { socket }: IncomingMessage): boolean {
    const address = socket.remoteAddress ?? '';
    if (this.#wrong.blockedMs(address) > 0) return false;
    const isRight = timingSafeEqual(digest(text), this.#token);
    if (!isRight) this.#wrong.add(address);
    return isRight;
  }

  /** Seconds until tokens of the sender are looked at again; 0: now. */
  blockedSeconds({ socket }: IncomingMessage): number {
    return Math.ceil(this.#wrong.blockedMs(socket.remoteAddress ?? '') / 1_000);
  }

  /** Whether a request has the token as a bearer token, or the cookie. */
  admits(request: IncomingMessage): boolean {
    const { headers, socket } = request;
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return this.isToken(bearer, request);
    const cookie = readCookie(headers.cookie, cookieName(socket.localPort));
    return cookie !== undefined && timingSafeEqual(digest(cookie), this.#sessionDigest);
  }

  /** Returns the `Set-Cookie` header for a request that had the token. */
  cookieFor({ headers, socket }: IncomingMessage): string {
    // A chain of proxies sends a list, whose first entry is the one of the browser.
    const secure = /^https\b/i.test(String(headers['x-forwarded-proto'] ?? '')) ? '; Secure' : '';
    return `${cookieName(socket.localPort)}=${this.#session}; HttpOnly; SameSite=Strict; Path=/${secure}`;
  }
}

/** Browsers send the cookies of one port of a host to all its ports. So each port has a cookie of its own. */
const cookieName = (port: number | undefined): string => `holdline_dashboard_${port ?? 0}`;

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
