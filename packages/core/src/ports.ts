import { isRecord, number, refuse, shape, type Check } from './check.js';
import type { Priority } from './context.js';
import { MemoryDeadLetters } from './dead-letters/memory.js';
import type { LetterOffice } from './dead-letters/office.js';
import type { LeaseFleet } from './governor/fleet.js';
import type { TokenFleet } from './token/fleet.js';

/** Undoes what the call that returned it did. Calling it twice does nothing the second time. */
export type Undo = () => void;

/**
 * The only source of time for every policy.
 *
 * `now` is monotonic and never jumps; `wall` is the calendar and may. Durations and timers use `now`, dates that a
 * platform or a user sees use `wall`.
 */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start. */
  now(): number;
  /** Milliseconds since the Unix epoch. */
  wall(): number;
  /** Runs `fn` once, `ms` milliseconds from now, however large `ms` is. Keeps the process alive until then. */
  setTimer(ms: number, fn: () => void): Undo;
  /** The same, but the process may end before. Left out: `setTimer` is used. */
  setBackgroundTimer?(ms: number, fn: () => void): Undo;
}

/** The only source of chance for every policy. */
export interface Random {
  /** A number in `[0, 1)`. */
  next(): number;
}

/** What the journal remembers of one step of a transaction. Holds digests only, never a payload. */
export interface JournalEntry {
  /** The idempotency key as it goes on the wire. */
  readonly key: string;
  /** Digest of the payload the key was issued for. */
  readonly payloadDigest: string;
  /** Size of that payload in bytes. */
  readonly payloadBytes: number;
  /** Wall time at which the key was issued, in ms. */
  readonly issuedAt: number;
  /** How often the key of this step was rotated. */
  readonly generation: number;
  /** Attempts made under this key. */
  readonly attempts: number;
  /** What became of it, as far as is known. */
  readonly state: 'started' | 'answered' | 'unknown';
}

/** Where idempotency keys survive. */
export interface Journal {
  get(step: string): Promise<JournalEntry | undefined>;
  put(step: string, entry: JournalEntry): Promise<void>;
  delete(step: string): Promise<void>;
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

/** A quota that several processes spend together, and how its permits are lent. Times in ms. */
export interface SharedQuota {
  /** What is counted together: the same name in every process. */
  readonly scope: string;
  /** Permits per window; Infinity until one is learned. */
  readonly limit: number;
  readonly windowMs: number;
  /** Grain of the ledger: all its moments are whole ticks. */
  readonly tickMs: number;
  /** How long after its beginning a permit may be spent. */
  readonly validMs: number;
  /** How long after that the ledger waits to hear of it before it counts as spent at its latest. */
  readonly graceMs: number;
  /** How far ahead of the first free permit others are lent along with it. */
  readonly horizonMs: number;
  /** How the platform counts; `auto`: the fleet finds it out. */
  readonly enforcement: 'auto' | 'fixed' | 'sliding' | 'bucket';
  /** Permits that a bucket of the platform holds, where that is not the limit. */
  readonly burst: number | undefined;
}

/** A moment known by its bounds, ms of the ledger's clock. */
export interface LedgerBounds {
  readonly from: number;
  readonly to: number;
}

/** What a fleet believes of its platform. */
export interface FleetBelief {
  /** The limit in force. */
  readonly limit: number;
  /** How the platform counts, as far as known. */
  readonly counts: 'fixed' | 'sliding' | 'bucket' | undefined;
  /** Of fixed windows: an edge. All others are whole windows apart. */
  readonly edge: LedgerBounds | undefined;
}

/**
 * What one process tells the ledger of a quota, and asks of it, in one exchange.
 *
 * A ledger knows of each permit in use only when its place is free again, as a tick of the ledger's clock; a lent permit starts
 * with the latest that could be.
 */
export interface LeaseRequest {
  /** Unique per process and quota. */
  readonly process: string;
  /** The ledger this process knows; '' before its first exchange. */
  readonly ledger: string;
  /** Grows with every new list of moves, so that one that is sent twice counts once. */
  readonly batch: number;
  /** Threes of numbers: so many places, free at one tick, are free at another. From 0: what was spent without a lease. */
  readonly moves: readonly number[];
  /** Permits wanted, and how many of them at one moment. */
  readonly demand: number;
  readonly atOnce: number;
  /** Whether one of those who wait may find out something by being refused. */
  readonly mayAsk: boolean;
  /** Whether answers say when the quota is whole again, and may soon agree on an edge: nothing needs to be refused for it. */
  readonly mayBeTold: boolean;
  /** An attempt that the platform refused although the ledger had lent it: when it left, and when it may come again, if it was told. */
  readonly refusal: { readonly sentAt: number; readonly until: LedgerBounds | undefined } | undefined;
  /** What became of an attempt that went beyond what is known to pass; `void`: never sent, or answered with nothing about the limit. */
  readonly trial: 'passed' | 'refused' | 'void' | undefined;
  /** An edge of fixed windows, as answers told it. */
  readonly edge: LedgerBounds | undefined;
  /** What was believed before the ledger was lost: a new one begins with it. */
  readonly belief: FleetBelief | undefined;
  /** Whether this process was on its own until now: others may have been too, and all tell what they spent before more is lent. */
  readonly returning: boolean;
  /** Whether this is the last exchange of this process. */
  readonly leaving: boolean;
}

/** Permits that may be spent from one moment on. */
export interface LentPermits {
  readonly count: number;
  /** Ledger ms. */
  readonly from: number;
  /** The tick at which their places are free again if nothing more is heard of them. */
  readonly freeAtTick: number;
}

/** What a ledger answers: also the limit in force, lower than the given one while the platform refuses more. */
export interface LeaseReply extends FleetBelief {
  /** Another one than was asked for has done nothing yet: it must be told first what was spent. */
  readonly ledger: string;
  /** The ledger's clock, ms. */
  readonly now: number;
  /** Processes that spend this quota. */
  readonly processes: number;
  /** Whether others want permits that are not there. */
  readonly contended: boolean;
  /** Whether the permits go beyond what is known to pass, to find out something. */
  readonly isTrial: boolean;
  /** Ledger ms before which asking again is useless. */
  readonly askAt: number;
  readonly permits: readonly LentPermits[];
}

/** What happened to quotas elsewhere. */
export interface LeaseNews {
  /** Permits came back to a quota for which this process may wait, or its ledger is a new one and wants to know what was spent. */
  onChange(scope: string): void;
  /** A gate was closed by another process, for so long from now on. */
  onGate(scope: string, forMs: number): void;
  /** The store is there again. */
  onReady(): void;
}

/** Quotas that are kept by several processes together. Also the port for an engine of your own behind the governor. */
export interface Leases {
  /** Who spends what is lent: `leaseFleet`. The store brings it, so that a page without a fleet does not load it. */
  readonly fleet: LeaseFleet;
  /**
   * What happens while the store is lost: each process goes on with its `share` of the limit, calls are refused (`refuse`), or
   * each goes on as if it were alone (`open`).
   */
  readonly onLoss: 'share' | 'refuse' | 'open';
  /** Processes there may be, before the first answer told. */
  readonly processes: number;
  /** Rejects when the store is lost, or does not answer in a bounded time. */
  exchange(quota: SharedQuota, request: LeaseRequest): Promise<LeaseReply>;
  /** Tells all processes that the platform wants nothing of this scope for so long. Rejects when the store is lost. */
  closeGate(scope: string, forMs: number): Promise<void>;
  /** For how long the gate of a scope is closed, as far as was heard, in ms. */
  gateOf(scope: string): number;
  listen(news: LeaseNews): Undo;
}

/** An access token as a fleet shares it. */
export interface SharedToken {
  readonly accessToken: string;
  readonly expiresInMs: number | undefined;
  readonly refreshToken: string | undefined;
  /** Grows with every token. */
  readonly epoch: number;
}

/**
 * What became of asking for a newer token: here it is; fetch it, under this fence, with the refresh token of the last one; or wait,
 * somebody fetches it.
 */
export type TokenClaim =
  | { readonly token: SharedToken }
  | { readonly fence: number; readonly refreshToken?: string | undefined }
  | { readonly waitMs: number };

/** Access tokens that a fleet shares: one process fetches, all get it. */
export interface Tokens {
  /** Who shares a token: `tokenFleet`. The store brings it, so that a page without a fleet does not load it. */
  readonly fleet: TokenFleet;
  /**
   * Asks for a newer token than that of `epoch`. A fence is good for `forMs`; then somebody else may fetch. With 0 it gives no fence
   * and only looks.
   *
   * @param credential A digest of the credential; the same in every process.
   */
  claim(credential: string, epoch: number, forMs: number): Promise<TokenClaim>;
  /**
   * Hands on a token that is newer than that of `epoch`. Undefined where the fence is not good any more: somebody else has
   * fetched one.
   */
  put(
    credential: string,
    fence: number,
    epoch: number,
    token: Omit<SharedToken, 'epoch'>,
  ): Promise<SharedToken | undefined>;
  /** The grant is under way: the fence is good for `forMs` more, from now. False where somebody else has a newer one. */
  renew(credential: string, fence: number, forMs: number): Promise<boolean>;
  /** The grant failed: somebody else may try. */
  release(credential: string, fence: number): Promise<void>;
  /** Told when there is a new token, somebody gave up fetching one, or the store can be used again. */
  listen(credential: string, fn: () => void): Undo;
}

/** Where a session stands among those of its key. */
export interface SessionPlace {
  /** Its number. Later sessions of the key have higher ones, also after the store has forgotten everything. */
  readonly fence: number;
  /** Whether it is this one's turn. */
  readonly has: boolean;
  /** Whether a later one takes its place: it is to end, and then to leave. */
  readonly replaced: boolean;
  /** For so long, in ms, the one under way has its claim if nothing more is heard of it. */
  readonly heldForMs: number;
}

/** What a session asks for. */
export interface SessionClaim {
  /** Unique in its process. Who asks twice, for the answer was lost, is the same. */
  readonly session: string;
  /** That of the answer before; undefined for the first time. */
  readonly fence: number | undefined;
  /** For how long it has the key if it is not heard of again, in ms. */
  readonly forMs: number;
  /** Whether it takes the place of those before it, instead of waiting for them. */
  readonly replaces: boolean;
}

/** Session keys of a fleet: of the sessions with one key only one is under way. */
export interface SessionKeys {
  /** What happens to sessions that begin while the store is lost: they are refused, or only those of one process are counted. */
  readonly onLoss: 'share' | 'refuse' | 'open';
  /** Asks for a key, and again as long as it is wanted. Rejects when the store is lost, or does not answer in a bounded time. */
  claim(key: string, claim: SessionClaim): Promise<SessionPlace>;
  /** Gives the key up, where this session has it. Rejects when the store is lost. */
  leave(key: string, session: string): Promise<void>;
  /** Told when asking again is worth it: the key is free, somebody takes its place, or the store is there again. */
  listen(key: string, fn: () => void): Undo;
}

/** Whether a store can be used. */
export interface StoreState {
  /** `connecting`: it is not known yet. `lost`: it cannot be used, and is tried again by itself. */
  readonly state: 'connecting' | 'ready' | 'lost';
  /** Why it is lost: the word of the server, such as `READONLY` or `NOPERM`, or one of the store's, such as `UNREACHABLE`. */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Whether it stays lost until somebody changes the configuration. */
  readonly needsConfiguration: boolean;
  /** The next attempt comes after so many ms; undefined where none is made. */
  readonly retryInMs: number | undefined;
}

/**
 * What a line keeps outside itself. The default, {@link memoryStore}, keeps it in the process. A line bounds every exchange with its store at
 * 5 s: one that takes longer fails with a `StoreLostError`.
 */
export interface Store {
  readonly journal: Journal;
  /** Quotas and gates of a fleet. Left out: every process keeps its own. */
  readonly leases?: Leases | undefined;
  /** Access tokens of a fleet. Left out: every process fetches its own. */
  readonly tokens?: Tokens | undefined;
  /** Session keys of a fleet. Left out: every process counts its own. */
  readonly sessions?: SessionKeys | undefined;
  /** Calls and frames that were given up. Left out: none are kept. */
  readonly deadLetters?: DeadLetters | undefined;
  /** Tells of every change of its state. Left out: it is always there. */
  watch?(fn: (state: StoreState) => void): Undo;
  /** What the names of credentials are made with, so that all processes of a fleet give one credential the same name. */
  readonly salt?: string | undefined;
}

/** What every policy is given besides its options. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
}

// A longer delay overflows setTimeout and fires at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real clock: `performance.now`, `Date.now` and `setTimeout`, with delays of any length. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  setTimer: (ms, fn) => startTimer(ms, fn, false),
  setBackgroundTimer: (ms, fn) => startTimer(ms, fn, true),
};

function startTimer(ms: number, fn: () => void, inBackground: boolean): Undo {
  // setTimeout cuts off fractions, and a timer must not come early.
  let left = Math.max(0, Math.ceil(ms));
  let handle: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const step = Math.min(left, LONGEST_TIMER_MS);
    left -= step;
    handle = setTimeout(left > 0 ? arm : fn, step);
    // A browser's timer is a number, and keeps nothing alive.
    if (inBackground) (handle as { unref?(): unknown }).unref?.();
  };
  arm();
  return () => clearTimeout(handle);
}

/** The real chance: `Math.random`. */
export const systemRandom: Random = { next: () => Math.random() };

/** An object that has these methods. */
export function port<T>(name: string, ...methods: (keyof T & string)[]): Check<T> {
  return (value, key) => {
    const has = isRecord(value) && methods.every((method) => typeof value[method] === 'function');
    return has ? (value as T) : refuse(key, value, `a ${name} with ${methods.join(', ')}`);
  };
}

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * How many journal entries are kept; the oldest goes first.
   * @defaultValue 100,000 (ours: bounds memory at a few tens of MB)
   */
  maxEntries?: number;
  /**
   * How many dead letters are kept; the oldest goes first.
   * @defaultValue 1,000 (ours: bounds memory at some 90 MB, were all of them as large as `deadLetters.maxBodyBytes` allows)
   */
  maxLetters?: number;
  /**
   * The source of time, by which dead letters expire.
   * @defaultValue the system's
   */
  clock?: Clock;
}

/** A journal that lives and dies with the process. */
export function memoryJournal(maxEntries = 100_000): Journal {
  const entries = new Map<string, JournalEntry>();
  return {
    get: (step) => Promise.resolve(entries.get(step)),
    put(step, entry) {
      entries.delete(step);
      entries.set(step, entry);
      if (entries.size > maxEntries) entries.delete(entries.keys().next().value as string);
      return Promise.resolve();
    },
    delete(step) {
      entries.delete(step);
      return Promise.resolve();
    },
  };
}

/** A store that lives and dies with the process. */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  // Here, for a bundle without this function to be without what it needs.
  const check = shape<MemoryStoreOptions>({
    maxEntries: number({ min: 1, integer: true }),
    maxLetters: number({ min: 1, integer: true }),
    clock: port<Clock>('clock', 'now', 'wall', 'setTimer'),
  });
  const { maxEntries, maxLetters = 1_000, clock = systemClock } = check(options, 'options');
  return { journal: memoryJournal(maxEntries), deadLetters: new MemoryDeadLetters(maxLetters, clock) };
}
