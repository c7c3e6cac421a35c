import type { GatewayPlan, RoutePattern } from '../plan/types.js';
import { csharpString, dotnetRegex } from './text.js';

const isWild = (segment: string): boolean => segment === '*' || segment.startsWith(':');

const solid = (segments: readonly string[]): string[] => segments.filter((segment) => segment !== '');

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/%2f/gi, '%252F'));
  } catch {
    return text;
  }
}

/** A digest of a text, so that no counter is named after a secret. */
const digest = (text: string): string =>
  `Convert.ToBase64String(System.Security.Cryptography.SHA256.Create().ComputeHash(Encoding.UTF8.GetBytes(${text})))`;

/** The digest of the credential, or `none`. */
export const CREDENTIAL = `@{
  var value = Regex.Replace(context.Request.Headers.GetValueOrDefault("Authorization", "").Trim(), @"^[A-Za-z]+\\s+", "");
  return value == "" ? "none" : ${digest('value')};
}`;

/** The path of the request as the patterns see it. */
export function pathExpression({ paths }: GatewayPlan): string {
  const lines = [
    'var path = Regex.Replace(context.Request.OriginalUrl.Path, "%2F", "%252F", RegexOptions.IgnoreCase);',
    'path = Uri.UnescapeDataString(path);',
    'path = Regex.Replace(path, ";[^/]*", "");',
    'path = Regex.Replace(path, "/+", "/");',
    'path = Regex.Replace(path, "/$", "");',
  ];
  if (paths.anchor !== undefined) {
    const anchor = dotnetRegex(decode(paths.anchor).replace(/\/+/g, '/'));
    lines.push(
      `path = Regex.Replace(path, @"^.*?(?=${anchor})", "", RegexOptions.IgnoreCase | RegexOptions.Singleline);`,
    );
  }
  const prefixes = paths.stripPrefixes.map(solid).filter((prefix) => prefix.length > 0);
  if (prefixes.length > 0) {
    const alternatives = new Set(
      prefixes.map((prefix) =>
        prefix.map((part) => (part.startsWith(':') ? '/[^/]+' : `/${dotnetRegex(decode(part))}`)).join(''),
      ),
    );
    lines.push(
      `path = Regex.Replace(path, @"^(?:${[...alternatives].join('|')})(?=/|$)", "", RegexOptions.IgnoreCase);`,
    );
  }
  return `@{\n  ${lines.join('\n  ')}\n  return path;\n}`;
}

/** Whether a request matches a pattern. */
export function matchExpression({ method, segments }: RoutePattern): string {
  const parts = solid(segments).map((segment) => {
    if (segment === '**') return '(?:/|$)';
    return isWild(segment) ? '/[^/]+' : `/${dotnetRegex(decode(segment))}`;
  });
  const end = segments[segments.length - 1] === '**' ? '' : '$';
  const path = `Regex.IsMatch((string)context.Variables["holdline-path"], @"^${parts.join('')}${end}", RegexOptions.IgnoreCase)`;
  return method === '*' ? `@(${path})` : `@(context.Request.Method == ${csharpString(method)} && ${path})`;
}

/** The key of a counter. It starts with the id of the zone, because one key is one counter in all policies. */
export function counterKey(id: string, value: string): string {
  return `@("${id}:" + ${value})`;
}

export const VARIABLE = {
  credential: '(string)context.Variables["holdline-credential"]',
  /** A segment of the path. */
  segment: (index: number): string =>
    digest(`((string)context.Variables["holdline-path"]).Split('/').ElementAtOrDefault(${index + 1}) ?? ""`),
  address: 'context.Request.IpAddress',
};
