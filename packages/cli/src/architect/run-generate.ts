import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type FlowTemplates, generateFlow } from '@holdline/architect';
import { readConfigFile } from '../config/read-file.js';
import { CommandError, lineOf, usageError } from '../terminal/errors.js';
import type { Terminal } from '../terminal/terminal.js';

/** Names of the templates on the command line. */
export const TEMPLATES = {
  cache: 'data-table-cache',
  retry: 'bounded-retry',
  overflow: 'overflow',
} as const satisfies Record<string, keyof FlowTemplates>;

/** What `architect generate` is asked for. */
export interface GenerateQuestion {
  template: keyof typeof TEMPLATES;
  from?: string;
  output?: string;
  force?: boolean;
  example?: boolean;
}

/** Options to start from. */
const EXAMPLES: { readonly [T in keyof typeof TEMPLATES]: FlowTemplates[(typeof TEMPLATES)[T]] } = {
  cache: {
    name: 'Opening hours',
    table: 'Opening hours',
    key: 'Call.CalledAddress',
    column: 'Hours',
    maxAgeMinutes: 5,
    read: {
      category: 'Web Services Data Actions',
      action: 'Get opening hours',
      inputs: { number: { exp: 'Call.CalledAddress' } },
      output: 'hours',
    },
    insert: { category: 'Genesys Cloud Data Actions', action: 'Insert opening hours' },
    update: { category: 'Genesys Cloud Data Actions', action: 'Update opening hours' },
    queue: 'Services',
  },
  retry: {
    name: 'Report an order',
    call: { category: 'Shop', action: 'Report order', inputs: { id: { exp: 'Flow.OrderId' } } },
    attempts: 3,
    waitSeconds: 30,
  },
  overflow: {
    name: 'Look up the customer',
    call: { category: 'CRM', action: 'Find customer', inputs: { number: { exp: 'Call.Ani' } } },
    queue: 'Services',
    overflow: { queue: 'Overflow' },
  },
};

/** Generates a flow, or prints options to start from. */
export async function runGenerate(question: GenerateQuestion, terminal: Terminal): Promise<void> {
  const { template, from, output, force = false, example = false } = question;
  if (example) {
    terminal.out(`${JSON.stringify(EXAMPLES[template], null, 2)}\n`);
    return;
  }
  if (from === undefined)
    throw usageError(
      `Give the names of the flow with --from FILE. Options to start from: holdline architect generate ${template} --example.`,
    );
  const path = resolve(terminal.cwd, from);
  const { value } = await readConfigFile(path);
  const text = generated(template, value, from);
  if (output === undefined) terminal.out(text);
  else {
    write(resolve(terminal.cwd, output), text, force);
    terminal.err(`Wrote ${output}. Let Archy check the file before you publish it.\n`);
  }
}

function generated(template: keyof typeof TEMPLATES, options: unknown, from: string): string {
  try {
    return generateFlow(TEMPLATES[template], options as FlowTemplates[keyof FlowTemplates] as never);
  } catch (error) {
    if (error instanceof TypeError) throw usageError(`${from}: ${lineOf(error)}.`);
    throw error;
  }
}

function write(path: string, text: string, force: boolean): void {
  if (!force && existsSync(path)) throw usageError(`${path} exists already: give another name, or --force.`);
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new CommandError(`The flow ${path} cannot be written: ${lineOf(error)}.`);
  }
}
