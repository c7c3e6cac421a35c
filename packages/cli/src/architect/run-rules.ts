import { RULES } from '@holdline/architect';
import { styleOf } from '../terminal/style.js';
import type { Terminal } from '../terminal/terminal.js';
import { renderRules } from './report.js';

/** Lists the rules with their reasons and sources. */
export function runRules({ json = false }: { json?: boolean }, terminal: Terminal): void {
  const infos = RULES.map(({ id, title, level, reason, sources, wouldHaveCaught }) => ({
    id,
    title,
    level,
    reason,
    sources,
    wouldHaveCaught,
  }));
  terminal.out(json ? `${JSON.stringify(infos, null, 2)}\n` : renderRules(infos, styleOf(terminal)));
}
