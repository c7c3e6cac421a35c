/** A program that a test needs. */
export interface DebianProgram {
  readonly name: string;
  /** Variable of the environment that names the command. */
  readonly variable: string;
  /** Commands under which a machine may have the program. */
  readonly commands: readonly string[];
  /** Arguments with which the program ends at once with 0. */
  readonly versionArgs?: readonly string[];
  /** Debian's packages: the program first, then the libraries that a bare machine lacks. */
  readonly packages: readonly string[];
  /** Path of the command in the packages. */
  readonly path: string;
}

/** A program that runs. */
export interface FoundProgram {
  readonly command: string;
  /** Variables that the command needs. */
  readonly env: Readonly<Record<string, string>>;
}

/** The program that the environment names, or that of the machine; undefined if there is none. */
export function findProgram(program: DebianProgram): FoundProgram | undefined;

/** The program of Debian's packages, unpacked without root into a folder of this repository; undefined if they cannot be had. */
export function unpackProgram(program: Pick<DebianProgram, 'name' | 'packages' | 'path'>): FoundProgram | undefined;

/** The program that the environment names, or that of the machine, or that of Debian's packages. Throws if there is none. */
export function bringProgram(program: DebianProgram): FoundProgram;
