/** Tables of operations and models, written by a script. They are large, and loaded only for a simulator that uses them. */
export interface OperationTable {
  /** Values of fields, one set in a line. */
  readonly VALUES: string;
  /** Models, one in a line. */
  readonly MODELS: string;
  /** Operations, one path in a line. */
  readonly PATHS: string;
}
