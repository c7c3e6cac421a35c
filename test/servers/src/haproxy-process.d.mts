import type { DebianProgram, FoundProgram } from './debian-program.mjs';

/** How HAProxy is found. */
export const HAPROXY: DebianProgram;

/**
 * Returns the HAProxy of `HOLDLINE_HAPROXY`, else that of the machine, else Debian's packages, unpacked into a folder of this repository.
 * Throws if there is none; the message says what to install.
 */
export function bringHaproxy(): FoundProgram;

/** Runs `haproxy -c` on a configuration. Returns its output if it refuses the configuration, else undefined. */
export function refusalOfHaproxy(text: string): string | undefined;

/** Where an HAProxy of a test runs. */
export interface HaproxyPlace {
  readonly directory: string;
  readonly port: number;
}

/** An HAProxy with a master process, in a directory of its own. */
export class HaproxyProcess {
  /** Starts an HAProxy on a free port with the configuration that `make` returns. `end()` ends it. */
  static spawn(make: (place: HaproxyPlace) => string): Promise<HaproxyProcess>;

  readonly directory: string;
  readonly port: number;
  get url(): string;

  /** Lines of the access log so far. */
  get logs(): string[];

  /** All that HAProxy has written so far. */
  get output(): string;

  /** Writes the configuration. `reload()` applies it. */
  write(text: string): void;

  /** Sends a command to the master process, such as `@1 show table holdline_credentials`, and returns the answer. */
  command(text: string): Promise<string>;

  /** Applies the configuration. Settles when a new worker process takes the connections. */
  reload(): Promise<void>;

  /** Ends the server and deletes its directory. */
  end(): Promise<void>;
}
