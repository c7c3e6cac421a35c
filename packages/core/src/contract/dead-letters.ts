import type { Call, CallRequest, UncertainWrite, LetterParts, VerifyResult } from './call.js';
import type { Clock, Random, Undo } from './clock.js';
import type { Priority } from './context.js';
import type { EventSink } from './events.js';

/**
 * A frame that will never be sent.
 * @public
 */
export interface LostFrame extends Pick<DeadFrame, 'client' | 'url' | 'order' | 'reason' | 'mayBeExecuted' | 'tenant'> {
  readonly data: string | Uint8Array;
  /**
   * Headers of the handshake. A credential in them identifies the owner of the socket.
   * @defaultValue none
   */
  readonly headers?: LetterParts['headers'] | undefined;
}

/**
 * A dead letter in a list.
 * @public
 */
export type ListedLetter = DeadLetter & {
  /** Reason why a replay on this line would keep the letter; undefined if a client of the line may send it. */
  readonly waitsFor: string | undefined;
};

/**
 * One page of dead letters, oldest first.
 * @public
 */
export interface ListedPage {
  readonly letters: readonly ListedLetter[];
  /** Start of the next page; undefined after the last page. */
  readonly next: string | undefined;
}

/**
 * Numbers of letters that a line kept, replayed and lost.
 * @public
 */
export interface DeadLetterSnapshot {
  kept: number;
  replayed: number;
  lost: number;
}

/**
 * The dead letters of a line: calls and frames that failed permanently. The line keeps them if its store has `deadLetters`.
 * @public
 */
export interface DeadLetterQueue {
  /** Whether the line keeps dead letters. */
  readonly isOn: boolean;
  /**
   * Lists the letters of the store, oldest first. Letters of other processes are included.
   * @param page - `after` is the `next` of the previous page. Without it, the list starts with the first page. `limit` is 100 by default.
   * @throws ConfigError if the line keeps no dead letters; Error if the store fails.
   */
  list(page?: { after?: string; limit?: number }): Promise<ListedPage>;
  /**
   * Sends letters again. Each letter becomes one call through all policies, under its old idempotency key. A letter that succeeds is
   * deleted. A letter that fails stays, and its number of replays grows. Two processes never send the same letter at the same time.
   * @throws ConfigError if the line keeps no dead letters or an option is wrong; Error if the store fails.
   */
  replay(options?: ReplayOptions): Promise<ReplayReport>;
  /**
   * Deletes a letter. False if the letter does not exist or a replay sends it now.
   * @throws ConfigError if the line keeps no dead letters; Error if the store fails.
   */
  remove(id: string): Promise<boolean>;
  /** For adapters: keeps a frame that will never be sent. */
  keep(frame: LostFrame): void;
  /**
   * For adapters: registers the sender for the letters of a client. A letter is sent by the client that it came from, or by a client
   * with the same credential.
   *
   * @param client - Name of the adapter, equal to `client` of its calls.
   * @param owner - The guarded client, equal to `owner` of its calls. The line holds it weakly, so that an unused client can be
   *   collected. Without it, the line keeps the sender until the returned function is called.
   */
  sendBy(client: string, sender: LetterSender, owner?: object): Undo;
  /** For adapters: records that a client sent for a tenant. Such clients replay the tenant's letters that have no credential. */
  used(owner: object, tenant: string): void;
}

/**
 * The policies of a route, as far as dead letters depend on them.
 * @internal
 */
export interface LetterPolicies {
  readonly readOnly: boolean;
  readonly keyed: boolean;
  readonly idempotency: { readonly header: string; readonly rotateAfterMs: number } | false;
  readonly retry:
    | {
        readonly statuses: readonly number[];
        readonly verify?: ((write: UncertainWrite) => Promise<VerifyResult>) | undefined;
        readonly verifyTimeoutMs: number;
      }
    | false;
}

/**
 * The part of a line that dead letters use.
 * @internal
 */
export interface LetterLine {
  readonly ports: { readonly clock: Clock; readonly random: Random };
  /** The `salt` of the store: credentials get the same name in all processes that have it. */
  readonly salt: string | undefined;
  readonly events: EventSink;
  /** Token options of the line, if it manages the token. */
  readonly token: { readonly origins?: readonly string[] | undefined } | undefined;
  /** Name of the credential that the line manages, or names of all credentials of its pool; undefined if nothing identifies them. */
  readonly credentialName: string | undefined;
  call(request: CallRequest): Call;
  run(request: CallRequest): Promise<unknown>;
  /** The policies of the route of a call. */
  policiesOf(call: Call): LetterPolicies;
}

/**
 * The owner of a writer of dead letters.
 * @internal
 */
export interface LetterHost {
  readonly line: LetterLine;
  readonly options: { readonly keepMs: number; readonly maxBodyBytes: number; readonly maxStoreOutageMs: number };
  readonly counts: DeadLetterSnapshot;
  /** Encryption keys of the line's `deadLetters` options, if there are any. */
  readonly key: unknown;
  /** Cancelled when the line is closed. */
  readonly closing: { readonly cancelled: boolean; within(clock: Clock, ms: number): Promise<void> };
  /** Counts and reports a letter that could not be kept. */
  reportLost(letter: { id?: string; kind?: 'call' | 'frame'; reason: string; replays?: number }, why: string): void;
}

/**
 * Writes the dead letters of a line to its store, and replays them.
 * @internal
 */
export interface LetterWriter {
  readonly clients: {
    add(name: string, sender: LetterSender, owner: object | undefined): Undo;
    recordTenant(owner: object, tenant: string): void;
  };
  /** @returns a function that keeps the letter. `keepCall` itself reads everything that may change. */
  keepCall(call: Call, reason: string, given: LetterParts | undefined, at: number): () => Promise<void>;
  keepFrame(frame: LostFrame, at: number): Promise<void>;
  list(after: string, limit: number): Promise<ListedPage>;
  replay(options: ReplayOptions): Promise<ReplayReport>;
  remove(id: string): Promise<boolean>;
  /** Deletes the letter of a step that the platform has answered since. */
  removeAnswered(step: string): Promise<void>;
}

/**
 * Makes the writer for the dead letters of a line.
 * @public
 */
export interface LetterWriterFactory {
  /** @internal */
  (host: LetterHost, letters: DeadLetters): LetterWriter;
}

/**
 * A dead letter in the form in which a client sends it.
 * @public
 */
export interface LetterToSend {
  readonly kind: 'call' | 'frame';
  /** HTTP method in upper case; `SEND` for a frame. */
  readonly method: string;
  /** Complete URL with its query. */
  readonly url: string;
  /** Headers without credentials. The client adds its own credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** The original body, byte for byte. The type is `Uint8Array<ArrayBuffer>`, written for TypeScript before 5.7. */
  readonly body: string | (Uint8Array & { readonly buffer: ArrayBuffer }) | undefined;
}

/**
 * The request that a client would send for a letter.
 * @public
 */
export interface LetterRequest extends Pick<CallRequest, 'ownOrigin' | 'ownCredential' | 'credential'> {
  /** All headers, with the credentials of the client. */
  readonly headers: readonly (readonly [string, string])[];
}

/**
 * Sends the letters of one client of an adapter.
 * @public
 */
export interface LetterSender {
  /** Whether the client sends to this URL. */
  serves(url: string): boolean;
  /**
   * Returns the request that `send` would send now. The line compares its credential with that of the letter. Without this method,
   * the client has no credential except the line's token.
   */
  request?(letter: LetterToSend): LetterRequest;
  /**
   * Sends a letter. For a call, it gives the request to `line.run` before it returns. For a frame, it settles when the frame was
   * sent.
   */
  send(letter: LetterToSend): Promise<unknown>;
}

/**
 * Parts that a replay adds to a letter.
 * @public
 */
export interface LetterSupplement {
  /** Complete URL with its query. */
  url?: string;
  headers?: Record<string, string>;
  body?: string | (Uint8Array & { readonly buffer: ArrayBuffer });
}

/**
 * Options of {@link DeadLetterQueue.replay}.
 * @public
 */
export interface ReplayOptions {
  /**
   * Selects the letters to replay.
   * @defaultValue all letters
   */
  where?: (letter: DeadLetter) => boolean;
  /**
   * Decides about a letter that may have been executed. The line calls it if repeating is not known to be safe and the `verify` hook
   * of the route gives no answer. True sends the letter.
   * @defaultValue such letters stay
   */
  confirm?: (letter: DeadLetter) => boolean | Promise<boolean>;
  /**
   * Returns missing parts of a letter, or other headers. These parts have precedence over the kept parts.
   * @defaultValue incomplete letters stay
   */
  complete?: (letter: DeadLetter) => LetterSupplement | undefined | Promise<LetterSupplement | undefined>;
  /**
   * Chooses the guarded client that sends a letter, for letters whose credential the line cannot recognise. Example: after a restart the
   * client has another token. The line does not check the choice.
   * @defaultValue the client that the letter came from, or a client with the same credential
   */
  client?: (letter: DeadLetter) => object | undefined;
  /**
   * Makes one attempt at a call whose client has no adapter that can send letters. The line reads the result like a `Response`.
   * @defaultValue the client of the letter
   */
  send?: (letter: LetterToSend & { readonly signal: AbortSignal }) => Promise<{
    readonly status: number;
    readonly headers?: { get(name: string): string | null };
  }>;
  /**
   * Priority of the replayed calls.
   * @defaultValue 'background' (ours: new calls go first)
   */
  priority?: Priority;
  /**
   * Number of letters that the replay sends at the same time.
   * @defaultValue 10 (ours: uses a quota of thousands a minute, and leaves the queue to other calls)
   */
  concurrency?: number;
  /**
   * Signal that stops the replay. Letters that are not sent yet stay unchanged.
   * @defaultValue none
   */
  signal?: AbortSignal;
}

/**
 * The result of a replay for one letter. The letter is deleted after `replayed` and `executed`, and stays otherwise.
 *
 * - `replayed`: the letter succeeded.
 * - `executed`: the `verify` hook reports that the platform executed the original request.
 * - `failed`: the letter failed again, or the platform rejected it.
 * - `refused`: a circuit, a gate, the queue or the store of the line refused the letter several times. Its number of replays does
 *   not grow, and the replay ends.
 * - `stopped`: the replay was stopped before the letter was sent.
 * - `doubtful`: the letter may have been executed, and nothing says that sending it again is safe.
 * - `incomplete`: a part of the letter is missing, or no key decrypts it.
 * - `no client`: no client of this line may send the letter, because of its URL or its credential. `reason` has the details.
 * - `blocked`: an earlier letter of its transaction or socket did not succeed.
 * - `taken`: another process sends the letter now, or it does not exist any more.
 * @public
 */
export type ReplayResult =
  | 'replayed'
  | 'executed'
  | 'failed'
  | 'refused'
  | 'stopped'
  | 'doubtful'
  | 'incomplete'
  | 'no client'
  | 'blocked'
  | 'taken';

/**
 * The result of a replay.
 * @public
 */
export interface ReplayReport {
  readonly letters: readonly {
    readonly id: string;
    readonly result: ReplayResult;
    /** Reason of the failure, or the missing part. */
    readonly reason: string | undefined;
  }[];
  /** Number of letters that succeeded. */
  readonly replayed: number;
  /** Number of letters that stay in the store. */
  readonly left: number;
  /** Whether the replay ended before the last letter, by its signal or because the line refused a letter. */
  readonly stopped: boolean;
}

/**
 * A part that a letter could not keep: it needs encryption, is too large, or is a stream. A replay must supply it.
 * @public
 */
export type LetterPart = 'query' | 'headers' | 'body';

/**
 * The common fields of dead letters. None of them is secret: secret parts are encrypted in `sealed`, or missing.
 * @public
 */
export interface Letter {
  /** Identifier of the write. A write that fails again under the same key has the same identifier. */
  readonly id: string;
  /** Name of the adapter of its client, such as `axios`; '' if the adapter has no name. */
  readonly client: string;
  /**
   * Name of the credential of the request, which does not reveal the credential; undefined for a request without one. All processes
   * whose store has the same `salt` use the same name.
   */
  readonly credential: string | undefined;
  /** Identifier of the client, if the client used its own credential. Valid in one process only. */
  readonly from: string | undefined;
  /** URL without query and fragment. */
  readonly url: string;
  readonly tenant: string | undefined;
  /** Wall ms. */
  readonly keptAt: number;
  /** Reason of the failure: the code of a `HoldlineError`, or the class of the last outcome with its status. */
  readonly reason: string;
  /** Whether the platform may have executed the request. */
  readonly mayBeExecuted: boolean;
  /** Number of replays that failed. */
  readonly replays: number;
  /** The secret parts, encrypted with AES-256-GCM and bound to `id`. */
  readonly sealed: string | undefined;
  readonly missing: readonly LetterPart[];
}

/**
 * The idempotency key of a failed call.
 * @public
 */
export interface LetterKey {
  readonly value: string;
  /** Whether the user gave the key. Such a key never rotates. */
  readonly given: boolean;
  /** Name of its step in the journal; undefined if the key belongs to this call only. */
  readonly step: string | undefined;
  /** Wall ms. */
  readonly issuedAt: number;
  readonly generation: number;
}

/**
 * A call that failed permanently.
 * @public
 */
export interface DeadCall extends Letter {
  readonly kind: 'call';
  /** HTTP method in upper case. */
  readonly method: string;
  readonly route: string;
  /** Headers about the form and the condition of the body, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly priority: Priority;
  readonly weight: number;
  readonly transaction: string | undefined;
  readonly key: LetterKey | undefined;
  /** Whether a second execution has no further effect, if the client knows this better than the method says. */
  readonly repeatable?: boolean | undefined;
}

/**
 * A frame of a WebSocket that was never sent.
 * @public
 */
export interface DeadFrame extends Letter {
  readonly kind: 'frame';
  /** Order in which a replay sends the frames of one `url` and tenant, lowest first. */
  readonly order: number;
  /** Whether its data are bytes instead of text. */
  readonly binary: boolean;
}

/**
 * The stored form of a failed call or frame.
 * @public
 */
export type DeadLetter = DeadCall | DeadFrame;

/**
 * One page of dead letters, oldest first.
 * @public
 */
export interface LetterPage {
  readonly letters: readonly DeadLetter[];
  /** Start of the next page; undefined after the last page. */
  readonly next: string | undefined;
}

/**
 * The claim of one process to a letter.
 * @public
 */
export interface LetterClaim {
  readonly letter: DeadLetter;
  readonly fence: number;
  /** Whether an earlier claim expired without a result. The letter may then have been sent. */
  readonly wasDropped: boolean;
}

/**
 * The place of dead letters in a store. Its size is bounded: the oldest letters are deleted first.
 * @public
 */
export interface DeadLetters {
  /** The function `deadLetterWriter`. The store brings it, so that a page without dead letters does not load it. */
  readonly writer: LetterWriterFactory;
  /** Encryption keys of 32 bytes: the first encrypts, all decrypt. Without them, the line uses its `deadLetters` options. */
  readonly keys?: readonly Uint8Array[] | undefined;
  /**
   * Keeps a letter for `forMs`. If a letter with its id exists, the content is replaced, and place and expiry stay. If that letter is
   * claimed, nothing changes.
   * @returns the ids of letters that were deleted for want of space.
   */
  put(letter: DeadLetter, forMs: number): Promise<readonly string[]>;
  /** @param after - The `next` of the previous page; '' for the first page. */
  list(after: string, limit: number): Promise<LetterPage>;
  /** Claims a letter for `forMs`. Undefined if the letter does not exist or is claimed. */
  claim(id: string, forMs: number): Promise<LetterClaim | undefined>;
  /** Extends a claim to `forMs` from now. False if its fence is no longer valid. */
  renew(id: string, fence: number, forMs: number): Promise<boolean>;
  /**
   * Ends a claim and stores the given letter. Undefined deletes the letter.
   * @returns false if the fence is no longer valid; then nothing changes.
   */
  settle(id: string, fence: number, letter: DeadLetter | undefined): Promise<boolean>;
  /** Deletes a letter that is not claimed. False if there is no such letter. */
  delete(id: string): Promise<boolean>;
}
