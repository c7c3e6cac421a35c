import {
  type Call,
  check,
  type Check,
  GOVERNOR_CHECKS,
  type GovernorOptions,
  PRIORITIES,
  type Priority,
  type Quota,
} from '@holdline/core';
import type { FrameData } from './frame-data.js';

/** A limit of frames. */
export interface FrameQuota extends Omit<Quota, 'limit' | 'scope' | 'key'> {
  /** Frames per window. */
  limit: number;
  /**
   * What it is counted by: each socket by itself, or what sockets have in common. `credential` is their origin.
   * @defaultValue 'socket'
   */
  scope?: Quota['scope'] | 'socket';
}

/** Only the newest state of a key is worth sending. */
export interface Coalesce {
  /** The key of a frame; a newer one of the same key takes the place of one that waits. `undefined`: it stands for itself. */
  coalesce: (data: FrameData) => string | undefined;
}

/** Options of frames. Beside its own it takes those of core's governor. */
export interface FrameOptions extends Omit<GovernorOptions, 'quotas' | 'overflow' | 'engine'> {
  /**
   * The limits to keep. All that apply to a frame must allow it.
   * @defaultValue none
   */
  quotas?: FrameQuota[];
  /**
   * Frames wait while a socket holds more bytes than this that are not on the network yet.
   * @defaultValue 32,768 (ours: 32 KiB)
   */
  pauseAboveBytes?: number;
  /**
   * They go on when it holds no more than this.
   * @defaultValue half of `pauseAboveBytes`
   */
  resumeBelowBytes?: number;
  /**
   * How many frames may wait, per socket.
   * @defaultValue 1,000 (ours)
   */
  maxQueued?: number;
  /**
   * How many bytes may wait, per socket. One frame may always wait, however large it is.
   * @defaultValue 16,777,216 (ours: 16 MiB)
   */
  maxQueuedBytes?: number;
  /**
   * What a full queue does: `reject` refuses the newcomer; `dropOldest` gives up the oldest frame of the lowest priority, if that
   * is not above the newcomer's; `{ coalesce }` keeps only the newest frame of each key, full or not.
   * @defaultValue 'reject'
   */
  overflow?: 'reject' | 'dropOldest' | Coalesce;
  /**
   * Who goes first where frames wait, unless the frame or `withCall` says otherwise.
   * @defaultValue 'normal'
   */
  priority?: Priority;
  /**
   * How long `close()` waits for the frames that wait, in ms. What has not left by then is given back.
   * @defaultValue 30,000 (as long as `ws` waits for the end of the closing handshake)
   */
  flushMs?: number;
  /**
   * Whether large messages leave in chunks, which the peer has to put together: where it chose a subprotocol that says so
   * (`negotiated`: offered beside each of yours, with `+holdline-chunks.1` appended), or `always`, where you know that it does.
   * @defaultValue false
   */
  chunks?: 'negotiated' | 'always' | false;
  /**
   * Bytes of a chunk, without its header of 28 bytes. What is no larger leaves as it is.
   * @defaultValue 16,384 (ours: 16 KiB)
   */
  chunkBytes?: number;
  /**
   * Largest message that is put together from chunks, in bytes, and most bytes held for that.
   * @defaultValue 16,777,216 (ours: 16 MiB)
   */
  maxMessageBytes?: number;
}

const quotaShape = check.shape<FrameQuota>({
  limit: check.number({ min: 1, integer: true }),
  windowMs: check.number({ min: 1 }),
  enforcement: check.oneOf('auto', 'fixed', 'sliding', 'bucket'),
  scope: check.either(
    check.callable<(call: Call) => string>(),
    check.oneOf('socket', 'credential', 'tenant', 'route', 'host'),
    (value) => typeof value === 'function',
  ),
  shape: check.oneOf('window', 'bucket'),
  burst: check.number({ min: 1 }),
  ratePerSec: check.number({ above: 0 }),
  name: check.text,
});

const checkQuota: Check<FrameQuota> = (value, key) => {
  const { scope, ...quota } = quotaShape(value, key);
  // What core needs of a quota, it checks.
  const [checked] = GOVERNOR_CHECKS.quotas([quota], key) as [FrameQuota];
  return scope === undefined ? checked : { ...checked, scope };
};

const checkOverflow: Check<'reject' | 'dropOldest' | Coalesce> = check.either(
  check.oneOf('reject', 'dropOldest'),
  (value, key) => {
    const shape = check.shape<Coalesce>({ coalesce: check.callable<Coalesce['coalesce']>() });
    const { coalesce } = shape(value, key) as Partial<Coalesce>;
    return coalesce ? { coalesce } : check.refuse(`${key}.coalesce`, undefined, 'a function');
  },
  (value) => !check.isRecord(value),
);

const frameShape = check.shape<FrameOptions>({
  ...GOVERNOR_CHECKS,
  quotas: check.list(checkQuota),
  pauseAboveBytes: check.number({ min: 0, integer: true, infinite: true }),
  resumeBelowBytes: check.number({ min: 0, integer: true }),
  maxQueued: check.number({ min: 1, integer: true, infinite: true }),
  maxQueuedBytes: check.number({ min: 0, integer: true, infinite: true }),
  overflow: checkOverflow,
  priority: check.oneOf(...PRIORITIES),
  flushMs: check.number({ min: 0, max: 86_400_000 }),
  chunks: check.orFalse(check.oneOf('negotiated', 'always')),
  chunkBytes: check.number({ min: 1, integer: true }),
  maxMessageBytes: check.number({ min: 0, integer: true }),
});

/** Checks {@link FrameOptions}. */
export const checkFrames: Check<FrameOptions> = (value, key) => {
  const options = frameShape(value, key);
  const { pauseAboveBytes = FRAME_DEFAULTS.pauseAboveBytes, resumeBelowBytes } = options;
  if (resumeBelowBytes !== undefined && resumeBelowBytes > pauseAboveBytes)
    check.refuse(`${key}.resumeBelowBytes`, resumeBelowBytes, `at most pauseAboveBytes, ${pauseAboveBytes}`);
  return options;
};

/** Options in force where the user gave none. */
export const FRAME_DEFAULTS = {
  pauseAboveBytes: 32_768,
  maxQueued: 1_000,
  maxQueuedBytes: 16_777_216,
  overflow: 'reject',
  priority: 'normal',
  flushMs: 30_000,
  chunks: false,
  chunkBytes: 16_384,
  maxMessageBytes: 16_777_216,
} as const satisfies FrameOptions;

/** Frame options with their defaults. */
export type ResolvedFrames = FrameOptions &
  Required<Pick<FrameOptions, keyof typeof FRAME_DEFAULTS | 'resumeBelowBytes'>>;

/** Adds what checked options leave out. */
export function resolveFrames(options: FrameOptions = {}): ResolvedFrames {
  const all = { ...FRAME_DEFAULTS, ...options };
  return { resumeBelowBytes: Math.floor(all.pauseAboveBytes / 2), ...all };
}
