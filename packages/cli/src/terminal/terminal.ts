import process from 'node:process';

/**
 * Where a command writes and what it reads from its surroundings. Tests pass their own.
 * @public
 */
export interface Terminal {
  /** Writes a result to the standard output. */
  out(text: string): void;
  /** Writes progress, hints or an error to the standard error output. */
  err(text: string): void;
  /** Whether results may be coloured: the standard output is a terminal, and `NO_COLOR` is not set. */
  readonly colour: boolean;
  /** Whether progress is shown: the standard error output is a terminal. */
  readonly progress: boolean;
  /** Whether a question can be asked: input and error output are terminals. */
  readonly interactive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory in which the command runs. */
  readonly cwd: string;
  /** Sets the exit code of a command that ends without an error. */
  exitWith(code: number): void;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process;
  const noColour = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    colour: stdout.isTTY && !noColour,
    progress: stderr.isTTY,
    interactive: stdin.isTTY && stderr.isTTY,
    env,
    cwd: process.cwd(),
    exitWith: (code) => void (process.exitCode = code),
  };
}

/** Ends the process quietly when the reader of a pipe has gone, as in `holdline doctor | head -1`. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody reads the result any more, so there is nothing left to do and nobody to tell.
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') process.exit();
    process.stderr.write(`error: The result cannot be written: ${error.message}.\n`, () => process.exit(1));
  });
  process.stderr.on('error', () => undefined);
}

/**
 * Ends the process when its output is written. A configuration may have opened connections or timers, which would keep the process alive
 * after its work.
 */
export function endProcess(code: number): void {
  // A write that failed is reported in a later turn, by the listener above.
  process.stdout.write('', (error) =>
    error
      ? setImmediate(() => process.exit(1))
      : process.stderr.write('', () => setImmediate(() => process.exit(code))),
  );
}
