/** An NGINX that runs with its module for njs. */
export interface FoundNginx {
  readonly command: string;
  /** Folder of the module. */
  readonly modules: string;
  /** Variables that the command needs. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Returns the NGINX of `HOLDLINE_NGINX` and `HOLDLINE_NGINX_MODULES`, else that of the machine, else Debian's packages, unpacked into a folder
 * of this repository. Throws if there is none; the message says what to install.
 */
export function bringNginx(): FoundNginx;

/** Runs `nginx -t` on the files of a directory. Returns its output if it refuses them, else undefined. */
export function refusalOfNginx(directory: string, file?: string): string | undefined;

/** Where an NGINX of a test runs. */
export interface NginxPlace {
  readonly directory: string;
  readonly port: number;
  readonly modules: string;
}

/** An NGINX in a directory of its own. */
export class NginxProcess {
  /** Starts an NGINX on a free port with the files that `make` returns, one of them `nginx.conf`. `end()` ends it. */
  static spawn(make: (place: NginxPlace) => Readonly<Record<string, string>>): Promise<NginxProcess>;

  readonly directory: string;
  readonly port: number;
  get url(): string;

  /** Writes files into the directory. `reload()` applies them. */
  write(files: Readonly<Record<string, string>>): void;

  /** The text of a file in the directory; empty if there is none. */
  read(name: string): string;

  /** Ids of the worker processes. */
  workers(): number[];

  /** Applies the files, as `nginx -s reload` does. Settles when new workers exist. */
  reload(): Promise<void>;

  /** Ends the server and deletes its directory. */
  end(): Promise<void>;
}
