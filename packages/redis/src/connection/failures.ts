/** What an error says about the state of the store. */
export interface StoreFailure {
  /** Error code of Redis, or one of the store: `UNREACHABLE`, `SILENT`, `DEAF`, `TLS`, `MAXCLIENTS`, `NOCOMMAND`. */
  readonly reason: string;
  readonly meaning: string;
  /** Whether the failure lasts until an operator changes the configuration of Redis or of the store. */
  readonly needsConfiguration: boolean;
}

const temporary = (meaning: string): Omit<StoreFailure, 'reason'> => ({ meaning, needsConfiguration: false });
const permanent = (meaning: string): Omit<StoreFailure, 'reason'> => ({ meaning, needsConfiguration: true });

/**
 * Failures after which the store cannot be used. The codes are those of the Redis sources (`src/server.c`, `src/cluster.c`,
 * `src/acl.c`, 6.0 to 8.0). Other errors (`TRYAGAIN`, `NOSCRIPT`, `WRONGTYPE`, an error of a script) concern one command only.
 */
const FAILURES = {
  READONLY: temporary('the server is a replica and accepts no writes'),
  MASTERDOWN: temporary('the server is a replica without a primary'),
  LOADING: temporary('the server is loading its data set'),
  BUSY: temporary('a script blocks the server'),
  CLUSTERDOWN: temporary('the cluster does not serve the slot'),
  MISCONF: temporary('the server accepts no writes because it cannot save them'),
  NOREPLICAS: temporary('the server accepts no writes because it has too few replicas'),
  OOM: temporary('the memory of the server is full'),
  MAXCLIENTS: temporary('the server has too many clients'),
  UNREACHABLE: temporary('the server cannot be reached'),
  SILENT: temporary('the server does not answer'),
  DEAF: temporary('published messages do not arrive'),
  MOVED: permanent('the server is a node of a cluster: pass a cluster client as `client`'),
  ASK: permanent('the server is a node of a cluster: pass a cluster client as `client`'),
  NOPERM: permanent('the user lacks a right that the store needs: see the ACL in docs/guides/fleet.md'),
  NOAUTH: permanent('the server requires a password'),
  WRONGPASS: permanent('the server refuses the user or the password'),
  DENIED: permanent('the server is in protected mode'),
  NOPROTO: permanent('the server does not support the protocol of the client'),
  NOCOMMAND: permanent('the server does not support a command of the store'),
  TLS: permanent('the TLS handshake fails'),
} as const satisfies Record<string, Omit<StoreFailure, 'reason'>>;

/** Why the store cannot be used. */
export type FailureReason = keyof typeof FAILURES;

/**
 * The code at the start of an error. Redis before 7 puts it inside the error of the script:
 * `ERR Error running script (…): …: -READONLY You can't …`.
 */
const CODE = new RegExp(`(?:^|-)(${Object.keys(FAILURES).join('|')})\\b`);
/** Errors of Redis without a code of their own. */
const PHRASES: readonly (readonly [RegExp, FailureReason])[] = [
  [/can't (run this command|access at least one)|has no permissions/i, 'NOPERM'],
  [/unknown command/i, 'NOCOMMAND'],
  [/max number of clients/i, 'MAXCLIENTS'],
  [/invalid (username|password)|no password is set|without any password/i, 'WRONGPASS'],
];
/** Codes of Node for a failed TLS handshake, as its docs list them (tls, X509 certificate error codes). */
const TLS_CODE = /^ERR_(SSL|TLS)_|^(CERT|DEPTH|SELF_SIGNED|UNABLE_TO|HOSTNAME)_/;

/** A failure that the link found itself: no server reported it. */
export class LinkError extends Error {
  override name = 'LinkError';

  constructor(
    readonly reason: FailureReason,
    message: string,
  ) {
    super(message);
  }
}

/** Describes a reason. */
export function describeFailure(reason: FailureReason): StoreFailure {
  return { reason, ...FAILURES[reason] };
}

/** Classifies an error. Undefined if the error concerns one command only. */
export function classifyFailure(error: unknown): StoreFailure | undefined {
  if (error instanceof LinkError) return describeFailure(error.reason);
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown };
  if (typeof code === 'string' && TLS_CODE.test(code)) return describeFailure('TLS');
  const text = typeof message === 'string' ? message : '';
  const found = CODE.exec(text)?.[1] as FailureReason | undefined;
  const reason = found ?? PHRASES.find(([pattern]) => pattern.test(text))?.[1];
  return reason && describeFailure(reason);
}
