/** One operation of the SDK. */
export interface SdkOperation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Names of the parameters of the method, in order. The last one is usually `opts`. */
  readonly args: readonly string[];
  readonly text: string;
  /** Type of the answer, such as `Models.User`. */
  readonly answer: string | undefined;
  readonly query: readonly {
    readonly wire: string;
    readonly name: string;
    readonly type: string;
    readonly text: string;
  }[];
}

export const version: string;
export const operations: readonly SdkOperation[];
/** Fields of each model with their types, by `Models.User`. */
export const models: Readonly<Record<string, Readonly<Record<string, string>>>>;
/** Names of the fields that each model always has. */
export const requiredFields: Readonly<Record<string, readonly string[]>>;
export const toPattern: (path: string) => string;
