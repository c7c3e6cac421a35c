import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { ConfigError } from '@holdline/core';
import { lockRecording } from './lock.js';

/** Lines wait for a write until they have so many characters. */
const BATCH_LENGTH = 65_536;

/** Appends whole lines to a file that only this process writes. */
export class FileWriter {
  readonly #fd: number;
  readonly #unlock: () => void;
  #waiting: string[] = [];
  #waitingLength = 0;
  #bytes = 0;
  #isOpen = true;

  /**
   * Creates the file, or replaces an earlier recording.
   * @throws ConfigError if another process records into the file, or if the file is no recording.
   */
  constructor(
    readonly file: string,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.#unlock = lockRecording(file);
    try {
      this.#fd = openSync(file, 'a+', 0o600);
      try {
        refuseForeign(this.#fd, file);
        ftruncateSync(this.#fd);
      } catch (error) {
        closeSync(this.#fd);
        throw error;
      }
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  /** Bytes in the file and in lines that wait to be written. ASCII is certain only after the write, so waiting lines are estimated. */
  get bytes(): number {
    return this.#bytes + this.#waitingLength;
  }

  add(line: string): void {
    if (!this.#isOpen) return;
    this.#waiting.push(line);
    this.#waitingLength += Buffer.byteLength(line);
    if (this.#waitingLength >= BATCH_LENGTH) this.flush();
  }

  /** Writes the waiting lines: all of them, or none. */
  flush(): void {
    if (this.#waiting.length === 0 || !this.#isOpen) return;
    const batch = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    this.#waitingLength = 0;
    try {
      for (let written = 0; written < batch.length;) written += writeSync(this.#fd, batch, written);
      this.#bytes += batch.length;
    } catch (error) {
      this.#discardPart();
      this.close();
      this.onFailure(error);
    }
  }

  close(): void {
    this.flush();
    // A write that fails closes the file.
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      fsyncSync(this.#fd);
    } catch {
      // A pipe or a full disk cannot be synchronised. What was written stays.
    }
    closeSync(this.#fd);
    this.#unlock();
  }

  /** Removes a batch that was written in part. */
  #discardPart(): void {
    try {
      ftruncateSync(this.#fd, this.#bytes);
    } catch {
      // The reader ignores an incomplete last line.
    }
  }
}

/** A user may name a wrong file. Its content must survive. */
function refuseForeign(fd: number, file: string): void {
  const stat = fstatSync(fd);
  if (!stat.isFile()) throw new ConfigError(`file '${file}' must be a regular file`);
  if (stat.size === 0) return;
  const head = Buffer.alloc(MARK.length);
  readSync(fd, head, 0, head.length, 0);
  if (head.toString() !== MARK) throw new ConfigError(`file '${file}' exists and is no recording`);
}

const MARK = '{"holdline":"recording"';
