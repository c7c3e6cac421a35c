import type { Flow } from '../flow/types.js';
import { readArchy } from './archy/read-archy.js';
import { decodeExport, decodeText } from './decode.js';
import { readExport } from './export/read-export.js';
import { FlowFileError } from './flow-file-error.js';
import { DEFAULT_MAX_BYTES } from './limits.js';

/**
 * Options of {@link readFlow}.
 * @public
 */
export interface ReadFlowOptions {
  /** Name of the file, for places and errors. The reader does not open it. */
  readonly file: string;
  /**
   * Largest number of bytes; for a string, of characters.
   * @defaultValue {@link DEFAULT_MAX_BYTES}, 8 MiB
   */
  readonly maxBytes?: number;
}

/**
 * Reads a flow of Genesys Cloud Architect from the text or the bytes of a file:
 *
 * - Archy YAML,
 * - an export (`.i3WorkFlow`, `.i3InboundFlow` and the others), which is base64 of percent-encoded JSON,
 * - the JSON of `GET /api/v2/flows/{id}/latestconfiguration`.
 *
 * The format comes from the content, not from the name. Actions that this version does not know become `other` and keep their branches.
 * With the default of `maxBytes`, any file takes less than 512 MB of memory.
 *
 * @param source - Text or bytes. Bytes are UTF-8, or UTF-16 with a byte order mark.
 * @param options - Name of the file, and the largest size.
 * @returns The flow. Ids of its actions are those of the export; for Archy YAML they are numbers in the order of the file.
 * @throws FlowFileError for every file that is no flow, with a code and the place.
 * @throws TypeError for a wrong type of `source`, `file` or `maxBytes`.
 *
 * @example
 * ```ts
 * import { readFlow } from '@holdline/architect';
 *
 * const flow = readFlow('workflow: { name: Look up, states: [{ state: { name: Start, actions: [{ endWorkflow: {} }] } }] }', {
 *   file: 'lookup.yaml',
 * });
 * console.log(flow.type, flow.actions.size); // workflow 1
 * ```
 * @public
 */
export function readFlow(source: string | Uint8Array, options: ReadFlowOptions): Flow {
  const { file, maxBytes = DEFAULT_MAX_BYTES } = options;
  if (typeof file !== 'string') throw new TypeError(`file: expected a string, got ${typeof file}`);
  if (typeof maxBytes !== 'number' || !(maxBytes > 0))
    throw new TypeError(`maxBytes: expected a number above 0, got ${String(maxBytes)}`);
  if (typeof source !== 'string' && !(source instanceof Uint8Array))
    throw new TypeError(`source: expected a string or a Uint8Array, got ${typeof source}`);
  if (source.length > maxBytes) {
    const unit = typeof source === 'string' ? 'characters' : 'bytes';
    const problem = `the file has ${source.length.toLocaleString('en')} ${unit}, maxBytes allows ${maxBytes.toLocaleString('en')}`;
    throw new FlowFileError('TOO_LARGE', problem, { file, path: '' });
  }
  try {
    const text = decodeText(source, file);
    const exported = decodeExport(text, file);
    return exported === undefined ? readArchy(text, file) : readExport(exported, file);
  } catch (error) {
    // Every walk has a bound on its depth. The parsers recurse too, and what the stack holds depends on the caller.
    if (error instanceof RangeError)
      throw new FlowFileError('TOO_DEEP', 'the file is nested too deeply', { file, path: '' }, { cause: error });
    throw error;
  }
}
