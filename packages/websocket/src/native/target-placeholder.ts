import { measureBytes } from '../frames/frame-data.js';
import type { PlaceholderSocket } from './socket-driver.js';
import { readSendArguments } from './target-arguments.js';

/** Stands in for the native socket until there is one. */
export class TargetPlaceholder implements PlaceholderSocket {
  readonly protocol = '';
  readonly extensions = '';
  #binaryType = 'blob';

  constructor(readonly url: string) {}

  bufferedAmount = 0;

  /** A closed socket counts the data and sends nothing. */
  send(...args: unknown[]): void {
    this.bufferedAmount += measureBytes(readSendArguments(args).data);
  }

  get binaryType(): string {
    return this.#binaryType;
  }

  set binaryType(type: string) {
    if (type === 'blob' || type === 'arraybuffer') this.#binaryType = type;
  }
}
