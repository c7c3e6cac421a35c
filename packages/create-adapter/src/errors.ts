/** Exit codes of the command. */
export const EXIT = { done: 0, failed: 1, usage: 2, cancelled: 130 } as const;

/**
 * A project that cannot be created. The message says what is wrong and what is allowed.
 * @public
 */
export class CreateError extends Error {
  override readonly name = 'CreateError';

  constructor(
    message: string,
    /** Exit code of the command: 1 the folder or the disk is in the way, 2 a wrong or missing answer, 130 the user cancelled. */
    readonly exitCode: number = EXIT.usage,
  ) {
    super(message);
  }
}
