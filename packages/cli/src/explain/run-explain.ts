import type { CallContext } from '@holdline/core';
import { loadConfig } from '../config/load-config.js';
import { usageError } from '../terminal/errors.js';
import { wrap } from '../terminal/style.js';
import type { Terminal } from '../terminal/terminal.js';
import { explainInWords } from './explain-in-words.js';

/** What `explain` is asked for. */
export interface ExplainQuestion {
  method: string;
  url: string;
  config?: string;
  tenant?: string;
  priority?: NonNullable<CallContext['priority']>;
  header: Record<string, string>;
  json?: boolean;
}

/** Explains one request with the line of a configuration, and closes the line. */
export async function runExplain(question: ExplainQuestion, terminal: Terminal): Promise<void> {
  const { method, url, tenant, priority, header: headers } = question;
  if (!/^[A-Za-z]+$/.test(method)) throw usageError(`The method must be letters such as GET, got '${method}'.`);
  if (!/^\/(?!\/)/.test(url) && !(/^(?:https?|wss?):/i.test(url) && URL.canParse(url)))
    throw usageError(`The URL must be absolute, with http or https, or a path that starts with one '/', got '${url}'.`);
  const loaded = await loadConfig(question.config, terminal.cwd);
  try {
    const context = { ...(tenant !== undefined && { tenant }), ...(priority !== undefined && { priority }) };
    const explanation = loaded.line.explain({ method, url, headers, context });
    if (question.json) {
      const policies = explanation.policies.map(withoutForeignOptions);
      const printed = { config: loaded.path ?? null, ...explanation, policies, sentences: explainInWords(explanation) };
      terminal.out(`${JSON.stringify(printed, jsonValue, 2)}\n`);
      return;
    }
    for (const sentence of explainInWords(explanation)) terminal.out(wrap(sentence));
    const hasCredential = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
    if (loaded.config && !loaded.config.token && !hasCredential)
      terminal.err("The request was explained without a credential: --header 'Authorization: …' adds one.\n");
    terminal.err(
      loaded.path === undefined
        ? 'No holdline.config.* was found: these are the defaults.\n'
        : `Configuration: ${loaded.path}\n`,
    );
  } finally {
    await loaded.close();
  }
}

/** Our own policies have no secrets in their options. A custom policy may have any, so its options are left out. */
const OWN = new Set(['dead-letters', 'deadline', 'idempotency', 'retry', 'authorize', 'breaker', 'governor', 'sign']);

function withoutForeignOptions<P extends { name: string; options: unknown }>(policy: P): P {
  return OWN.has(policy.name) ? policy : { ...policy, options: undefined };
}

/** JSON has neither Infinity nor functions. The options of a policy may hold both. */
function jsonValue(_key: string, value: unknown): unknown {
  if (value === Infinity) return 'Infinity';
  return typeof value === 'function' ? `function ${value.name}`.trim() : value;
}
