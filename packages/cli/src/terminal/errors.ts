/**
 * The exit codes of `holdline`.
 * @internal
 */
export const EXIT = {
  /** The command did what it was asked for. */
  ok: 0,
  /** The command found an error, or its work failed. */
  failed: 1,
  /** Wrong options, arguments or configuration. */
  usage: 2,
} as const;

/** An error that ends a command. The terminal shows its message as one line without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}

/** An error in the options, arguments or configuration that a user gave. */
export function usageError(message: string): CommandError {
  return new CommandError(message, EXIT.usage);
}

/** Message of an error in one line. */
export function lineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, ' ').trim() || 'unknown error';
}

/** Exit code of an error: its own, the usage code for wrong configurations, or 1. */
export function exitCodeOf(error: unknown): number {
  const { exitCode, name } = (error ?? {}) as { exitCode?: unknown; name?: unknown };
  if (typeof exitCode === 'number' && exitCode > 0) return exitCode;
  return name === 'ConfigError' || name === 'SimulatorOptionError' ? EXIT.usage : EXIT.failed;
}
