import { decodeText } from '../read/decode.js';
import { isObject, own, ownArray, ownString, type JsonObject } from '../read/export/export-values.js';
import { FlowFileError, printable } from '../read/flow-file-error.js';
import { DEFAULT_MAX_BYTES } from '../read/limits.js';
import type { ReadFlowOptions } from '../read/read-flow.js';

/**
 * A connector between two actions of a CXone Studio script.
 * @public
 */
export interface StudioBranch {
  /** Id of the action that follows. */
  readonly to: string;
  /** Text of the branch condition, such as `Error`; empty for the default. */
  readonly label: string;
}

/**
 * An action of a CXone Studio script.
 * @public
 */
export interface StudioAction {
  /** Number of the action in the script. */
  readonly id: string;
  /** Type in capital letters: `WAIT`, `LOOP`, `SNIPPET`, `REQAGENT`. */
  readonly type: string;
  /** Caption on the canvas. */
  readonly label: string;
  /** Properties by name: `Seconds` of a WAIT. */
  readonly properties: Readonly<Record<string, string>>;
  readonly branches: readonly StudioBranch[];
}

/**
 * A CXone Studio script.
 * @public
 */
export interface StudioScript {
  readonly file: string;
  readonly name: string;
  /** `call`, `chat`, `digital`, … */
  readonly mediaType: string;
  readonly actions: ReadonlyMap<string, StudioAction>;
}

/** Actions of a script. Studio numbers them, and people draw them by hand. */
const MAX_ACTIONS = 20_000;

/**
 * Reads a CXone Studio script from the JSON of its export, or of the API that Studio in the browser uses. The format was read from two exports
 * and six bodies of that API in public repositories; NICE does not document it. The XML of Desktop Studio was not found in public, so it is
 * not read.
 *
 * @param source - Text or bytes of the JSON.
 * @param options - Name of the file, and the largest size, as for {@link readFlow}.
 * @returns The script with its actions by id.
 * @throws FlowFileError for a file that is no such script.
 *
 * @example
 * ```ts
 * import { readStudioScript } from '@holdline/architect';
 *
 * const script = readStudioScript(
 *   JSON.stringify({ header: { scriptName: 'Hours' }, actions: { 1: { actionId: 1, name: 'BEGIN' } }, properties: {}, branches: {} }),
 *   { file: 'hours.json' },
 * );
 * console.log(script.actions.get('1')?.type); // BEGIN
 * ```
 * @public
 */
export function readStudioScript(source: string | Uint8Array, options: ReadFlowOptions): StudioScript {
  const { file, maxBytes = DEFAULT_MAX_BYTES } = options;
  const fail = (code: ConstructorParameters<typeof FlowFileError>[0], problem: string, path = ''): FlowFileError =>
    new FlowFileError(code, problem, { file, path });
  if (source.length > maxBytes)
    throw fail(
      'TOO_LARGE',
      `the file has ${source.length.toLocaleString('en')} bytes, maxBytes allows ${maxBytes.toLocaleString('en')}`,
    );
  const content = contentOf(decodeText(source, file), fail);
  const header = own(content, 'header');
  const actions = new Map<string, StudioAction>();
  const entries = Object.entries(own(content, 'actions') as JsonObject);
  if (entries.length > MAX_ACTIONS)
    throw fail('TOO_LARGE', `the script has more than ${MAX_ACTIONS.toLocaleString('en')} actions`);
  for (const [id, action] of entries) {
    if (!isObject(action)) throw fail('SHAPE', 'an action: expected an object', `action ${printable(id)}`);
    actions.set(id, {
      id,
      type: (ownString(action, 'name') ?? '').toUpperCase(),
      label: printable(ownString(action, 'label') ?? '', 200),
      properties: propertiesOf(own(own(content, 'properties'), id)),
      branches: branchesOf(ownArray(own(content, 'branches'), id)),
    });
  }
  for (const { id, branches } of actions.values())
    for (const { to } of branches)
      if (!actions.has(to))
        throw fail(
          'BROKEN_REFERENCE',
          `the action ${JSON.stringify(printable(to))} is not in the script`,
          `action ${printable(id)}`,
        );
  return {
    file,
    name: printable(ownString(header, 'scriptName') ?? '', 200),
    mediaType: ownString(header, 'mediaTypeName') ?? '',
    actions,
  };
}

/** The export wraps the script in `scriptContent`; the API does not. */
function contentOf(text: string, fail: (code: 'SYNTAX' | 'NOT_A_FLOW', problem: string) => FlowFileError): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text) as unknown;
  } catch {
    const isXml = text.trimStart().startsWith('<');
    throw fail(
      'SYNTAX',
      isXml
        ? 'the XML of Desktop Studio is not read; export the script from Studio in the browser'
        : 'the file has no JSON',
    );
  }
  const content = own(json, 'scriptContent') ?? json;
  if (!isObject(own(content, 'header')) || !isObject(own(content, 'actions')))
    throw fail('NOT_A_FLOW', 'this is no Studio script: it has no header and actions');
  return content;
}

/** Properties stand under numbers: `{ "0": { name: "Seconds", value: "15" } }`. */
function propertiesOf(properties: unknown): Readonly<Record<string, string>> {
  if (!isObject(properties)) return {};
  return Object.fromEntries(
    Object.values(properties).flatMap((property) => {
      const name = ownString(property, 'name');
      const value = own(property, 'value');
      return name === undefined || (typeof value !== 'string' && typeof value !== 'number')
        ? []
        : [[name, String(value)] as const];
    }),
  );
}

const branchesOf = (branches: readonly unknown[]): readonly StudioBranch[] =>
  branches.flatMap((branch) => {
    const to = own(branch, 'to');
    if (typeof to !== 'number' && typeof to !== 'string') return [];
    return [{ to: String(to), label: printable(ownString(branch, 'label') ?? '') }];
  });
