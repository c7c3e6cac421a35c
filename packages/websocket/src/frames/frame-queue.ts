import { PRIORITIES } from '@holdline/core';
import type { ChunkedMessage } from '../chunks/chunked-message.js';
import type { FrameData } from './frame-data.js';

/** What became of a frame that was not given up: it left, or a newer one of its key took its place. */
export type FrameFate = 'sent' | 'replaced';

/** A frame that waits. */
export interface Frame {
  data: FrameData;
  bytes: number;
  /** Index into {@link PRIORITIES}. */
  readonly priority: number;
  readonly key: string | undefined;
  tenant: string | undefined;
  weight: number;
  /** Where it leaves in parts. */
  chunks: ChunkedMessage | undefined;
  /** Whether it is a dead letter that is sent again. */
  readonly isDeadLetter: boolean;
  /** Further arguments of the native `send`. */
  options: unknown;
  settle: (fate: FrameFate | Error) => void;
}

/** The frames that wait for one socket: by priority, in each the oldest first. */
export class FrameQueue {
  readonly #byPriority = PRIORITIES.map(() => new Set<Frame>());
  readonly #byKey = new Map<string, Frame>();
  size = 0;
  bytes = 0;

  /** The oldest of a priority. */
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

  /** Returns whether it was there. */
  remove(frame: Frame): boolean {
    if (!(this.#byPriority[frame.priority] as Set<Frame>).delete(frame)) return false;
    this.protectFrame(frame);
    this.size--;
    this.bytes -= frame.bytes;
    return true;
  }

  /** A part of it leaves: nothing takes its place any more. */
  protectFrame(frame: Frame): void {
    const name = frame.key === undefined ? undefined : createKey(frame.priority, frame.key);
    if (name !== undefined && this.#byKey.get(name) === frame) this.#byKey.delete(name);
  }

  /** The one of its key and priority that waits. */
  findReplaceable({ priority, key }: Frame): Frame | undefined {
    return key === undefined ? undefined : this.#byKey.get(createKey(priority, key));
  }

  /** Gives a frame the content of a newer one; it keeps its place. */
  replaceFrame(frame: Frame, { data, bytes, tenant, weight, chunks, options, settle }: Frame): void {
    this.bytes += bytes - frame.bytes;
    Object.assign(frame, { data, bytes, tenant, weight, chunks, options, settle });
  }

  /** The oldest of the lowest priority that is not above `priority`, none of which has left, and that is not `except`. */
  findDroppable(priority: number, except: Frame | undefined): Frame | undefined {
    for (let i = PRIORITIES.length - 1; i >= priority; i--) {
      for (const frame of this.#byPriority[i] as Set<Frame>)
        if (!frame.chunks?.hasStarted && frame !== except) return frame;
    }
    return undefined;
  }

  /** Takes out all, the most important first. */
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
