import type { DeadLetterBox } from '../policies/dead-letters/dead-letters.js';
import type { Office } from '../policies/dead-letters/writer.js';
import type { CallRequest, LetterParts } from './call.js';
import type { Undo } from './clock.js';
import type { Priority } from './context.js';

/** A frame that will not be sent. */
export interface LostFrame extends Pick<DeadFrame, 'client' | 'url' | 'order' | 'reason' | 'mayBeExecuted' | 'tenant'> {
  readonly data: string | Uint8Array;
  /**
   * Headers of its handshake. Those that are a credential tell whose socket it was.
   * @defaultValue none
   */
  readonly headers?: LetterParts['headers'] | undefined;
}

/** A letter of a list. */
export type ListedLetter = DeadLetter & {
  /** Why a replay on this line would leave it where it is; undefined where a client of the line may send it. */
  readonly waitsFor: string | undefined;
};

/** Some letters, oldest first. */
export interface ListedPage {
  readonly letters: readonly ListedLetter[];
  /** Where the next page begins; undefined after the last. */
  readonly next: string | undefined;
}

/** How many letters a line kept, replayed and lost. */
export interface DeadLetterSnapshot {
  kept: number;
  replayed: number;
  lost: number;
}

/** What was given up on a line, where the line was given a store with a place for it. */
export interface DeadLetterDesk {
  /** Whether anything is kept. */
  readonly isOn: boolean;
  /**
   * Letters of the store, also those that other processes kept, oldest first.
   * @param page.after The `next` of the page before; left out: the first page.
   * @param page.limit @defaultValue 100
   * @throws ConfigError where nothing is kept; Error where the store fails.
   */
  list(page?: { after?: string; limit?: number }): Promise<ListedPage>;
  /**
   * Sends letters again, each as a call of its own through the whole line, under its old idempotency key. One that succeeds is
   * deleted; one that fails stays, with its count raised. Processes of a fleet never have the same letter in hands.
   * @throws ConfigError where nothing is kept or an option is wrong; Error where the store fails.
   */
  replay(options?: ReplayOptions): Promise<ReplayReport>;
  /**
   * Deletes a letter. False: there is none, or it is just being replayed.
   * @throws ConfigError where nothing is kept; Error where the store fails.
   */
  remove(id: string): Promise<boolean>;
  /** For adapters: keeps a frame that will not be sent. */
  keep(frame: LostFrame): void;
  /**
   * For adapters: how letters of a client are sent. A letter goes by the client that it came from, or by one with the same credential.
   *
   * @param client Name of the adapter, as its calls have it.
   * @param owner The guarded client, as its calls name it in `owner`. It is held weakly: a client that nobody uses any more is
   *   forgotten. Left out: the sender is held until undone.
   */
  sendBy(client: string, sender: LetterSender, owner?: object): Undo;
  /** For adapters: something of a tenant was sent by a client. What went without a credential is replayed by clients of its tenant. */
  used(owner: object, tenant: string): void;
}

/** Makes what writes and replays the letters of a line. */
export type LetterOffice = (box: DeadLetterBox, letters: DeadLetters) => Office;

/** A letter as it is sent. */
export interface LetterToSend {
  readonly kind: 'call' | 'frame';
  /** In capitals; `SEND` for a frame. */
  readonly method: string;
  /** Whole, with its query. */
  readonly url: string;
  /** Without credentials: the client adds its own. */
  readonly headers: Readonly<Record<string, string>>;
  /** Byte for byte what was to be sent. */
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
}

/** What a client says of the request that it would make of a letter, as it says it of its calls. */
export interface LetterRequest extends Pick<CallRequest, 'ownOrigin' | 'ownCredential' | 'credential'> {
  /** All of them, with the client's own credentials. */
  readonly headers: readonly (readonly [string, string])[];
}

/** How an adapter sends the letters of its client. */
export interface LetterSender {
  /** Whether the client sends to there. */
  serves(url: string): boolean;
  /**
   * The request that `send` would make now. By its credential it is found out whether the letter is this client's. Left out: the
   * client has no credential but the line's token.
   */
  request?(letter: LetterToSend): LetterRequest;
  /**
   * A call: gives the request to `line.run`, before it returns. A frame: settles when it was sent.
   */
  send(letter: LetterToSend): Promise<unknown>;
}

/** What a replay adds to a letter. */
export interface LetterSupplement {
  /** Whole, with its query. */
  url?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/** Options of {@link DeadLetterDesk.replay}. */
export interface ReplayOptions {
  /**
   * Which letters are replayed.
   * @defaultValue all
   */
  where?: (letter: DeadLetter) => boolean;
  /**
   * Asked of a letter that may have been executed, where sending it again is not known to be safe and no `verify` of its route knows
   * better. True: send it all the same.
   * @defaultValue such letters stay
   */
  confirm?: (letter: DeadLetter) => boolean | Promise<boolean>;
  /**
   * Gives a letter what it is missing, or other headers; it goes over what was kept.
   * @defaultValue letters that miss something stay
   */
  complete?: (letter: DeadLetter) => LetterSupplement | undefined | Promise<LetterSupplement | undefined>;
  /**
   * Chooses the guarded client that a letter goes by, where the line cannot know that its credential is the right one: after a restart,
   * for example, of a client whose token is another one by then. The choice is yours: nothing is compared.
   * @defaultValue the client it came from, or one with the same credential
   */
  client?: (letter: DeadLetter) => object | undefined;
  /**
   * Makes one attempt at a call whose client has no adapter that knows how. What it returns is read like a `Response`.
   * @defaultValue the client that it was for
   */
  send?: (letter: LetterToSend & { readonly signal: AbortSignal }) => Promise<{
    readonly status: number;
    readonly headers?: { get(name: string): string | null };
  }>;
  /**
   * Priority of the calls.
   * @defaultValue 'background' (ours: what is new goes first)
   */
  priority?: Priority;
  /**
   * Letters under way at the same time.
   * @defaultValue 10 (ours: keeps a quota of thousands a minute busy, and leaves the queue to others)
   */
  concurrency?: number;
  /**
   * Stops the replay: what has not left stays as it was.
   * @defaultValue none
   */
  signal?: AbortSignal;
}

/**
 * What became of a letter.
 *
 * - `replayed`: it succeeded, and is deleted.
 * - `executed`: `verify` says that it was executed before; it is deleted.
 * - `failed`: it was given up again, or the platform answered that it does not want it; it stays.
 * - `refused`: the line let nothing through, by a circuit, a gate, its queue or its store, also after a while; it stays, its count as
 *   it was, and the replay ends.
 * - `stopped`: the replay was stopped before it left; it stays.
 * - `doubtful`: it may have been executed, and nobody said that it is safe to send; it stays.
 * - `incomplete`: something is missing, or no key opens it; it stays.
 * - `no client`: no client on this line may send it: none sends to there, or none has the credential that it went by; it stays, and
 *   `reason` says what it waits for.
 * - `blocked`: an earlier one of its transaction or socket did not succeed; it stays.
 * - `taken`: another process has it, or it is gone.
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

/** What a replay came to. */
export interface ReplayReport {
  readonly letters: readonly {
    readonly id: string;
    readonly result: ReplayResult;
    /** Why it failed, or what is missing. */
    readonly reason: string | undefined;
  }[];
  /** Letters that succeeded. */
  readonly replayed: number;
  /** Letters that are still there. */
  readonly left: number;
  /** Whether it ended before it had seen all letters: by its signal, or because the line let nothing through. */
  readonly stopped: boolean;
}

/** A part of a letter that could not be kept: it was not to be encrypted, too large, or a stream. A replay has to be given it. */
export type LetterPart = 'query' | 'headers' | 'body';

/** What all dead letters have in common. Nothing here is secret: what may be is in `sealed`, or missing. */
interface Letter {
  /** The same for the same write, however often it is given up under its key. */
  readonly id: string;
  /** Name of the adapter whose client it was for, such as `axios`; '' where the adapter has none. */
  readonly client: string;
  /**
   * Names the credential that it went by, or would have, without giving it away; undefined: it went without one. The same in all
   * processes whose store has the same `salt`.
   */
  readonly credential: string | undefined;
  /** The client that it came from, where its credential was the client's own. Of one process. */
  readonly from: string | undefined;
  /** Without query and fragment. */
  readonly url: string;
  readonly tenant: string | undefined;
  /** Wall ms. */
  readonly keptAt: number;
  /** Why it was given up: the code of an error of ours, or the class of the last outcome, with its status. */
  readonly reason: string;
  /** Whether it may have been executed all the same. */
  readonly mayBeExecuted: boolean;
  /** How often it was replayed, and given up again. */
  readonly replays: number;
  /** What may be secret, encrypted (AES-256-GCM) and bound to `id`. */
  readonly sealed: string | undefined;
  readonly missing: readonly LetterPart[];
}

/** The idempotency key of a call that was given up. */
export interface LetterKey {
  readonly value: string;
  /** Whether the user gave it: then it never rotates. */
  readonly given: boolean;
  /** Name of its step in the journal; undefined where it was a key of this one call only. */
  readonly step: string | undefined;
  /** Wall ms. */
  readonly issuedAt: number;
  readonly generation: number;
}

/** A call that was given up. */
export interface DeadCall extends Letter {
  readonly kind: 'call';
  /** In capitals. */
  readonly method: string;
  readonly route: string;
  /** Those about form and condition of the body only, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly priority: Priority;
  readonly weight: number;
  readonly transaction: string | undefined;
  readonly key: LetterKey | undefined;
}

/** A frame of a WebSocket that was never sent. */
export interface DeadFrame extends Letter {
  readonly kind: 'frame';
  /** Frames of one `url` and tenant are replayed by this, lowest first. */
  readonly order: number;
  /** Whether its data are bytes, and not text. */
  readonly binary: boolean;
}

/** What is kept of a call or frame that was given up. */
export type DeadLetter = DeadCall | DeadFrame;

/** Some letters, oldest first. */
export interface LetterPage {
  readonly letters: readonly DeadLetter[];
  /** Where the next page begins; undefined after the last. */
  readonly next: string | undefined;
}

/** A letter in one pair of hands. */
export interface LetterClaim {
  readonly letter: DeadLetter;
  readonly fence: number;
  /** Whether somebody had it before and was never heard of again: it may have been sent. */
  readonly wasDropped: boolean;
}

/** Where dead letters are kept. Bounded: the oldest go first. */
export interface DeadLetters {
  /** Who writes and replays letters: `letterOffice`. The store brings it, so that a page without dead letters does not load it. */
  readonly office: LetterOffice;
  /** Keys to encrypt with, 32 bytes each: the first encrypts, all decrypt. Left out: those of the line's `deadLetters` options. */
  readonly keys?: readonly Uint8Array[] | undefined;
  /**
   * Keeps a letter for `forMs`. One of the same id takes the new content, its place and expiry stay; while somebody has it, it is
   * left as it is.
   * @returns the ids of letters that had to go.
   */
  put(letter: DeadLetter, forMs: number): Promise<readonly string[]>;
  /** @param after The `next` of the page before; '' for the first. */
  list(after: string, limit: number): Promise<LetterPage>;
  /** Takes a letter: nobody else gets it for `forMs`. Undefined: it is gone, or somebody has it. */
  claim(id: string, forMs: number): Promise<LetterClaim | undefined>;
  /** Has it for `forMs` more, from now. False where the fence is not good any more: somebody else may have it. */
  renew(id: string, fence: number, forMs: number): Promise<boolean>;
  /**
   * Gives a letter back, changed or not; undefined: it is done with, and deleted.
   * @returns false where the fence is not good any more; then nothing has happened.
   */
  settle(id: string, fence: number, letter: DeadLetter | undefined): Promise<boolean>;
  /** Deletes a letter that nobody has. False: there is none. */
  delete(id: string): Promise<boolean>;
}
