import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Checks the token of a dashboard, and the cookie of those who signed in with it. Both comparisons take constant time. */
export class Door {
  readonly #token: Buffer;
  /** The cookie does not contain the token, and ends with the process. */
  readonly #session = randomBytes(32).toString('base64url');
  readonly #sessionDigest = digest(this.#session);

  constructor(token: string) {
    this.#token = digest(token);
  }

  isToken(text: string): boolean {
    return timingSafeEqual(digest(text), this.#token);
  }

  /** Whether a request has the token as a bearer token, or the cookie. */
  admits({ headers, socket }: IncomingMessage): boolean {
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return this.isToken(bearer);
    const cookie = readCookie(headers.cookie, cookieName(socket.localPort));
    return cookie !== undefined && timingSafeEqual(digest(cookie), this.#sessionDigest);
  }

  /** Returns the `Set-Cookie` header for a request that had the token. */
  cookieFor({ headers, socket }: IncomingMessage): string {
    const secure = headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
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
