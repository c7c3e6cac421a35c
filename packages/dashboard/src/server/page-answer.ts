import { createHash } from 'node:crypto';

/** Returns the policy that allows the style and script elements of a page by their hashes, and requests to its own origin. */
export function policyFor(html: string): string {
  const hashes = (tag: string): string =>
    [...html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))]
      .map(
        ([, content]) =>
          `'sha256-${createHash('sha256')
            .update(content as string)
            .digest('base64')}'`,
      )
      .join(' ') || "'none'";
  return [
    "default-src 'none'",
    `script-src ${hashes('script')}`,
    `style-src ${hashes('style')}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
