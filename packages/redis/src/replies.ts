/** What a failure says about the store. */
export interface Failure {
  /** The word of Redis, or one of ours: `UNREACHABLE`, `SILENT`, `DEAF`, `TLS`, `MAXCLIENTS`, `NOCOMMAND`. */
  readonly reason: string;
  readonly means: string;
  /** Whether it stays so until somebody changes the configuration, of Redis or of the store. */
  readonly needsConfiguration: boolean;
}

const passing = (means: string): Omit<Failure, 'reason'> => ({ means, needsConfiguration: false });
const lasting = (means: string): Omit<Failure, 'reason'> => ({ means, needsConfiguration: true });

/**
 * Failures after which the store cannot be used. Words of Redis as in its sources (`src/server.c`, `src/cluster.c`, `src/acl.c`, 6.0 to
 * 8.0). What is not here (`TRYAGAIN`, `NOSCRIPT`, `WRONGTYPE`, an error of a script) concerns one command only.
 */
const FAILURES = {
  READONLY: passing('the server is a replica and takes no writes'),
  MASTERDOWN: passing('the server is a replica without a primary'),
  LOADING: passing('the server reads its data set'),
  BUSY: passing('a script holds the server'),
  CLUSTERDOWN: passing('the cluster does not serve the slot'),
  MISCONF: passing('the server takes no writes because it cannot save them'),
  NOREPLICAS: passing('the server takes no writes because it has too few replicas'),
  OOM: passing('the memory of the server is full'),
  MAXCLIENTS: passing('the server has too many clients'),
  UNREACHABLE: passing('there is no connection'),
  SILENT: passing('the server does not answer'),
  DEAF: passing('published messages do not arrive'),
  MOVED: lasting('the server is a node of a cluster: give a cluster client'),
  ASK: lasting('the server is a node of a cluster: give a cluster client'),
  NOPERM: lasting('the user may not do what the store does: see the ACL in docs/fleet.md'),
  NOAUTH: lasting('the server wants a password'),
  WRONGPASS: lasting('the server refuses the user or the password'),
  DENIED: lasting('the server is in protected mode'),
  NOPROTO: lasting('the server does not speak the protocol of the client'),
  NOCOMMAND: lasting('the server does not know a command of the store'),
  TLS: lasting('the TLS handshake fails'),
} as const satisfies Record<string, Omit<Failure, 'reason'>>;

/** Why a store cannot be used. */
export type Reason = keyof typeof FAILURES;

/** A word of Redis stands first; Redis before 7 has it inside of a script's error: `ERR Error running script (…): …: -READONLY You can't …`. */
const WORD = new RegExp(`(?:^|-)(${Object.keys(FAILURES).join('|')})\\b`);
/** Failures that Redis and Node say without a word of their own. */
const PHRASES: readonly (readonly [RegExp, Reason])[] = [
  [/can't (run this command|access at least one)|has no permissions/i, 'NOPERM'],
  [/unknown command/i, 'NOCOMMAND'],
  [/max number of clients/i, 'MAXCLIENTS'],
  [/invalid (username|password)|no password is set|without any password/i, 'WRONGPASS'],
];
/** Codes of Node with which a TLS handshake fails, as its docs list them (tls, X509 certificate error codes). */
const TLS_CODE = /^ERR_(SSL|TLS)_|^(CERT|DEPTH|SELF_SIGNED|UNABLE_TO|HOSTNAME)_/;

/** A failure that no server reported. */
export class LinkError extends Error {
  override name = 'LinkError';

  constructor(
    readonly reason: Reason,
    message: string,
  ) {
    super(message);
  }
}

/** What is known of a reason. */
export function failureBecause(reason: Reason): Failure {
  return { reason, ...FAILURES[reason] };
}

/** What an error says about the store; undefined: nothing, it concerns one command. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof LinkError) return failureBecause(error.reason);
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown };
  if (typeof code === 'string' && TLS_CODE.test(code)) return failureBecause('TLS');
  const text = typeof message === 'string' ? message : '';
  const word = WORD.exec(text)?.[1] as Reason | undefined;
  const reason = word ?? PHRASES.find(([pattern]) => pattern.test(text))?.[1];
  return reason && failureBecause(reason);
}
