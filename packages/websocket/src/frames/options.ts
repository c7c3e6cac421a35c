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

/**
 * A limit of frames.
 * @public
 */
export interface FrameQuota extends Omit<Quota, 'limit' | 'scope' | 'key'> {
  /** Frames per window. */
  limit: number;
  /**
   * What the quota is counted by: each socket separately, or a value that sockets share. `credential` means their origin.
   * @defaultValue 'socket'
   */
  scope?: Quota['scope'] | 'socket';
}

/**
 * Keeps only the newest frame of each key.
 * @public
 */
export interface Coalesce {
  /** Returns the key of a frame. A newer frame of the same key replaces one that waits. `undefined`: the frame has no key. */
  coalesce: (data: FrameData) => string | undefined;
}

/**
 * Options of frames, in addition to those of core's governor.
 * @public
 */
export interface FrameOptions extends Omit<GovernorOptions, 'quotas' | 'overflow' | 'engine'> {
  /**
   * The limits to keep. A frame needs a permit of every quota that applies to it.
   * @defaultValue none
   */
  quotas?: FrameQuota[];
  /**
   * Frames wait while the socket has more buffered bytes than this.
   * @defaultValue 32,768 (ours: 32 KiB)
   */
  pauseAboveBytes?: number;
  /**
   * Waiting frames continue when the socket has no more buffered bytes than this.
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
   * What a full queue does: `reject` refuses the new frame, `dropOldest` drops the oldest frame of the lowest priority,
   * `{ coalesce }` keeps only the newest frame of each key. `dropOldest` never drops a frame of a higher priority than the new
   * one. `{ coalesce }` applies also while there is room.
   * @defaultValue 'reject'
   */
  overflow?: 'reject' | 'dropOldest' | Coalesce;
  /**
   * Priority of waiting frames, unless the frame or `withCall` sets one.
   * @defaultValue 'normal'
   */
  priority?: Priority;
  /**
   * How long `close()` waits for queued frames, in ms. Frames that are not sent by then are given up.
   * @defaultValue 30,000 (as long as `ws` waits for the end of the closing handshake)
   */
  flushMs?: number;
  /**
   * Whether large messages are sent in chunks: if the peer selects a subprotocol with the suffix `+holdline-chunks.1`
   * (`negotiated`), always (`always`), or never (`false`). `negotiated` offers each of your subprotocols a second time with
   * this suffix. The peer must put the chunks together.
   * @defaultValue false
   */
  chunks?: 'negotiated' | 'always' | false;
  /**
   * Bytes of a chunk, without its header of 28 bytes. A message that is not larger is sent in one piece.
   * @defaultValue 16,384 (ours: 16 KiB)
   */
  chunkBytes?: number;
  /**
   * Largest message that is put together from chunks, and upper bound of the bytes held for incomplete messages, in bytes.
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
  shape: check.oneOf('window', 'smooth'),
  burst: check.number({ min: 1 }),
  ratePerSec: check.number({ above: 0 }),
  name: check.text,
});

const checkQuota: Check<FrameQuota> = (value, key) => {
  const { scope, ...quota } = quotaShape(value, key);
  // Core checks what it requires of a quota.
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
export const checkFrames: Check<FrameOptions> = (value, key, also) => {
  const options = frameShape(value, key, also);
  const { pauseAboveBytes = FRAME_DEFAULTS.pauseAboveBytes, resumeBelowBytes } = options;
  if (resumeBelowBytes !== undefined && resumeBelowBytes > pauseAboveBytes)
    check.refuse(`${key}.resumeBelowBytes`, resumeBelowBytes, `at most pauseAboveBytes (${pauseAboveBytes})`);
  return options;
};

/** Defaults of the frame options. */
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

/** Adds defaults to checked options. */
export function resolveFrames(options: FrameOptions = {}): ResolvedFrames {
  const all = { ...FRAME_DEFAULTS, ...options };
  return { resumeBelowBytes: Math.floor(all.pauseAboveBytes / 2), ...all };
}
