import { PRIORITIES } from '@holdline/core';
import type { Chunks } from '../chunks/chunked-message.js';
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
  chunks: Chunks | undefined;
  /** Whether it is a dead letter that is sent again. */
  readonly isLetter: boolean;
  /** Further arguments of the native `send`. */
  options: unknown;
  settle: (fate: FrameFate | Error) => void;
}

/** The frames that wait for one socket: by priority, in each the oldest first. */
export class FrameQueue {
  readonly #classes = PRIORITIES.map(() => new Set<Frame>());
  readonly #byKey = new Map<string, Frame>();
  size = 0;
  bytes = 0;

  /** The oldest of a priority. */
  first(priority: number): Frame | undefined {
    const [frame] = this.#classes[priority] as Set<Frame>;
    return frame;
  }

  add(frame: Frame): void {
    (this.#classes[frame.priority] as Set<Frame>).add(frame);
    if (frame.key !== undefined) this.#byKey.set(nameOf(frame.priority, frame.key), frame);
    this.size++;
    this.bytes += frame.bytes;
  }

  /** Returns whether it was there. */
  remove(frame: Frame): boolean {
    if (!(this.#classes[frame.priority] as Set<Frame>).delete(frame)) return false;
    this.begin(frame);
    this.size--;
    this.bytes -= frame.bytes;
    return true;
  }

  /** A part of it leaves: nothing takes its place any more. */
  begin(frame: Frame): void {
    const name = frame.key === undefined ? undefined : nameOf(frame.priority, frame.key);
    if (name !== undefined && this.#byKey.get(name) === frame) this.#byKey.delete(name);
  }

  /** The one of its key and priority that waits. */
  olderOf({ priority, key }: Frame): Frame | undefined {
    return key === undefined ? undefined : this.#byKey.get(nameOf(priority, key));
  }

  /** Gives a frame the content of a newer one; it keeps its place. */
  replace(frame: Frame, { data, bytes, tenant, weight, chunks, options, settle }: Frame): void {
    this.bytes += bytes - frame.bytes;
    Object.assign(frame, { data, bytes, tenant, weight, chunks, options, settle });
  }

  /** The oldest of the lowest priority that is not above `priority`, none of which has left, and that is not `except`. */
  oldestDownFrom(priority: number, except: Frame | undefined): Frame | undefined {
    for (let i = PRIORITIES.length - 1; i >= priority; i--) {
      for (const frame of this.#classes[i] as Set<Frame>) if (!frame.chunks?.isBegun && frame !== except) return frame;
    }
    return undefined;
  }

  /** Takes out all, the most important first. */
  empty(): Frame[] {
    const all = this.#classes.flatMap((frames) => [...frames]);
    for (const frames of this.#classes) frames.clear();
    this.#byKey.clear();
    this.size = this.bytes = 0;
    return all;
  }
}

function nameOf(priority: number, key: string): string {
  return `${priority} ${key}`;
}
