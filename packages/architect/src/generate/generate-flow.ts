import { Document } from 'yaml';
import type { Part } from './archy-parts.js';
import {
  checkOptions,
  expression,
  inputs,
  integer,
  optional,
  outputs,
  show,
  text,
  type OptionCheck,
} from './check-options.js';
import {
  BOUNDED_RETRY_DEFAULTS,
  boundedRetry,
  dataTableCache,
  overflow,
  type BoundedRetryOptions,
  type DataTableCacheOptions,
  type OverflowOptions,
} from './templates.js';

/**
 * Options of {@link generateFlow} by template.
 * @public
 */
export interface FlowTemplates {
  /**
   * Inbound call flow with the vendor's cache: it looks in a data table first, and calls the data action when the answer is missing or too
   * old. Data action responses are not cached by the platform, and lookups in data tables have far higher limits (blueprint
   * `design-architect-flow-data-actions-for-resiliency`).
   */
  'data-table-cache': DataTableCacheOptions;
  /** Workflow that repeats a data action at most `attempts` times, with a Wait between two calls. */
  'bounded-retry': BoundedRetryOptions;
  /** Inbound call flow that hands the call on to a queue or a flow when its data action fails, instead of repeating it. */
  overflow: OverflowOptions;
}

const SECONDS_OF_72_HOURS = 259_200;

const shared = { name: text, division: optional(text), language: optional(text) };
const asked: Readonly<Record<string, OptionCheck>> = {
  category: text,
  action: text,
  inputs: optional(inputs),
  timeoutSeconds: optional(integer(1, 3600)),
};
const calls: Readonly<Record<string, OptionCheck>> = { ...asked, outputs: optional(outputs) };
const call: OptionCheck = { allowed: 'a data action', isValid: (value) => typeof value === 'object' && value !== null };
const named = { category: text, action: text };

const checks: { readonly [T in keyof FlowTemplates]: (options: FlowTemplates[T]) => void } = {
  'data-table-cache': (options) => {
    checkOptions('options', options, {
      ...shared,
      table: text,
      key: expression,
      column: text,
      updatedColumn: optional(text),
      maxAgeMinutes: optional(integer(1, 1440)),
      read: call,
      insert: call,
      update: call,
      queue: text,
    });
    checkOptions('options.read', options.read, { ...asked, output: text });
    checkOptions('options.insert', options.insert, named);
    checkOptions('options.update', options.update, named);
    const columns = ['key', options.column, options.updatedColumn ?? 'Updated'];
    if (new Set(columns).size < columns.length)
      throw new TypeError(
        `options.column: expected another name than key and updatedColumn, got ${show(options.column)}`,
      );
  },
  'bounded-retry': (options) => {
    checkOptions('options', options, {
      ...shared,
      call,
      attempts: optional(integer(1, 100)),
      waitSeconds: optional(integer(1, 86_400)),
    });
    checkOptions('options.call', options.call, calls);
    const { attempts = BOUNDED_RETRY_DEFAULTS.attempts, waitSeconds = BOUNDED_RETRY_DEFAULTS.waitSeconds } = options;
    if (attempts * waitSeconds > SECONDS_OF_72_HOURS)
      throw new TypeError(
        `options.waitSeconds: expected at most ${Math.floor(SECONDS_OF_72_HOURS / attempts)} with ${attempts} attempts, since a flow waits at most 72 hours, got ${waitSeconds}`,
      );
  },
  overflow: (options) => {
    checkOptions('options', options, { ...shared, call, queue: text, overflow: call, announcement: optional(text) });
    checkOptions('options.call', options.call, calls);
    const target = 'flow' in options.overflow ? { flow: text } : { queue: text };
    checkOptions('options.overflow', options.overflow, target);
  },
};

const makers: { readonly [T in keyof FlowTemplates]: (options: FlowTemplates[T]) => Part } = {
  'data-table-cache': dataTableCache,
  'bounded-retry': boundedRetry,
  overflow,
};

/** Head of a file. Names from the options stay out of it: a line break in a name would end the comment. */
const headOf = (template: string): string =>
  [
    ` Made by generateFlow('${template}') of @holdline/architect.`,
    ' Archy was not available to check this file: its keys are those of flows that others published with Archy, but for the key',
    ' jumpToTask of the error handling, which follows from the names of the actions. Let Archy check the file before you publish it.',
  ].join('\n');

/**
 * Makes a flow as Archy YAML. The linter of this package finds nothing in the flow, but for what follows from the options: a data action with
 * constant inputs gives every interaction the same answer. Names with quotes, colons or line breaks are quoted.
 *
 * @param template - What the flow does: see {@link FlowTemplates}.
 * @param options - Names and numbers of the template.
 * @returns The text of a file.
 * @throws TypeError for an unknown template, an unknown key, and a value that is not allowed.
 *
 * @example
 * ```ts
 * import { generateFlow } from '@holdline/architect';
 *
 * const yaml = generateFlow('bounded-retry', {
 *   name: 'Report an order',
 *   call: { category: 'Shop', action: 'Report Order', inputs: { id: { exp: 'Flow.OrderId' } } },
 *   attempts: 5,
 *   waitSeconds: 60,
 * });
 * console.log(yaml.includes('loopCount:')); // true
 * ```
 * @public
 */
export function generateFlow<T extends keyof FlowTemplates>(template: T, options: FlowTemplates[T]): string {
  if (!Object.hasOwn(makers, template))
    throw new TypeError(`template: expected ${Object.keys(makers).join(', ')}, got ${show(template)}`);
  checks[template](options);
  const document = new Document(makers[template](options), {
    aliasDuplicateObjects: false,
    // Quotes keys such as `yes`, which YAML 1.1 reads as a boolean. Architect's own exports quote them too.
    compat: 'yaml-1.1',
  });
  document.commentBefore = headOf(template);
  // Long expressions are not folded.
  return document.toString({ lineWidth: 0 });
}
