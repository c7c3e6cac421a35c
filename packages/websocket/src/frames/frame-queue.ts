import { PRIORITIES } from '@holdline/core';
import type { ChunkedMessage } from '../chunks/chunked-message.js';
import type { FrameData } from './frame-data.js';

/**
 * Outcome of a frame that was not given up: it was sent, or a newer frame of its key replaced it.
 * @public
 */
export type FrameFate = 'sent' | 'replaced';

/** A queued frame. */
export interface Frame {
  data: FrameData;
  bytes: number;
  /** Index into {@link PRIORITIES}. */
  readonly priority: number;
  readonly key: string | undefined;
  tenant: string | undefined;
  weight: number;
  /** Set if the frame is sent in chunks. */
  chunks: ChunkedMessage | undefined;
  /** Whether the frame is a dead letter that is sent again. */
  readonly isDeadLetter: boolean;
  /** Further arguments of the native `send`. */
  options: unknown;
  settle: (fate: FrameFate | Error) => void;
}

/** The queued frames of one socket, by priority, oldest first. */
export class FrameQueue {
  readonly #byPriority = PRIORITIES.map(() => new Set<Frame>());
  readonly #byKey = new Map<string, Frame>();
  size = 0;
  bytes = 0;

  /** Returns the oldest frame of a priority. */
  getOldest(priority: number): Frame | undefined {
    const [frame] = this.#byPriority[priority] as Set<Frame>;
    return frame;
  }

  add(frame: Frame): void {
    (this.#byPriority[frame.priority] as Set<Frame>).add(frame);
    if (frame.key !== undefined) this.#byKey.set(createKey(frame.priority, frame.key), frame);
    this.size++;
    this.bytes += frame.bytes;
  }

  /** Returns whether the frame was queued. */
  remove(frame: Frame): boolean {
    if (!(this.#byPriority[frame.priority] as Set<Frame>).delete(frame)) return false;
    this.forbidReplacement(frame);
    this.size--;
    this.bytes -= frame.bytes;
    return true;
  }

  /** Called when a chunk of the frame is sent: newer frames can no longer replace it. */
  forbidReplacement(frame: Frame): void {
    const mapKey = frame.key === undefined ? undefined : createKey(frame.priority, frame.key);
    if (mapKey !== undefined && this.#byKey.get(mapKey) === frame) this.#byKey.delete(mapKey);
  }

  /** Returns the queued frame with the same key and priority. */
  findReplaceable({ priority, key }: Frame): Frame | undefined {
    return key === undefined ? undefined : this.#byKey.get(createKey(priority, key));
  }

  /** Gives a queued frame the content of a newer one. The frame keeps its place. */
  replaceFrame(frame: Frame, { data, bytes, tenant, weight, chunks, options, settle }: Frame): void {
    this.bytes += bytes - frame.bytes;
    Object.assign(frame, { data, bytes, tenant, weight, chunks, options, settle });
  }

  /**
   * Returns the oldest frame of the lowest priority that is not above `priority`. Skips `except` and frames that are partly
   * sent.
   */
  findDroppable(priority: number, except: Frame | undefined): Frame | undefined {
    for (let i = PRIORITIES.length - 1; i >= priority; i--) {
      for (const frame of this.#byPriority[i] as Set<Frame>)
        if (!frame.chunks?.hasStarted && frame !== except) return frame;
    }
    return undefined;
  }

  /** Removes all frames and returns them, the highest priority first. */
  removeAll(): Frame[] {
    const all = this.#byPriority.flatMap((frames) => [...frames]);
    for (const frames of this.#byPriority) frames.clear();
    this.#byKey.clear();
    this.size = this.bytes = 0;
    return all;
  }
}

function createKey(priority: number, key: string): string {
  return `${priority} ${key}`;
}
