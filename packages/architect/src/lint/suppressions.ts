import { RULE_IDS } from '../rules/rule-ids.js';
import { nearest } from './nearest.js';
import type { Finding } from './lint-flow.js';

/** A comment of Archy YAML that turns rules off for the next line. */
const COMMENT = /^[ \t]*#[ \t]*holdline-disable-next-line\b[ \t]*(.{0,500}?)[ \t]*$/;

/** The comments of a file that turn rules off. */
export interface Suppressions {
  /** The rules that are off in a line, from 1; `'*'` for all of them. */
  readonly lines: ReadonlyMap<number, ReadonlySet<string>>;
  /** Names in the comments that no rule has. */
  readonly unknown: readonly { readonly line: number; readonly name: string; readonly nearest: string | undefined }[];
}

const NONE: Suppressions = { lines: new Map(), unknown: [] };

/**
 * Reads comments such as `# holdline-disable-next-line unbounded-retry, wait-too-long -- reason`. A comment without a rule turns off all
 * rules. It applies to the next line that is no such comment.
 */
export function readSuppressions(text: string): Suppressions {
  if (!text.includes('holdline-disable-next-line')) return NONE;
  const lines = new Map<number, Set<string>>();
  const unknown: { line: number; name: string; nearest: string | undefined }[] = [];
  let pending = new Set<string>();
  for (const [i, line] of text.split(/\r\n|\r|\n/).entries()) {
    const given = COMMENT.exec(line)?.[1];
    if (given === undefined) {
      if (pending.size > 0) lines.set(i + 1, pending);
      pending = new Set();
      continue;
    }
    const names = (given.split(/(?:^|\s)--(?:\s|$)/)[0] ?? '').split(/[\s,]+/).filter((name) => name !== '');
    for (const name of names) {
      if (!(RULE_IDS as readonly string[]).includes(name))
        unknown.push({ line: i + 1, name, nearest: nearest(name, RULE_IDS) });
    }
    for (const name of names.length > 0 ? names : ['*']) pending.add(name);
  }
  return { lines, unknown };
}

/** Whether a comment turns a finding off. */
export function isSuppressed({ lines }: Suppressions, { rule, place }: Finding): boolean {
  const off = place.line === undefined ? undefined : lines.get(place.line);
  return off !== undefined && (off.has(rule) || off.has('*'));
}
