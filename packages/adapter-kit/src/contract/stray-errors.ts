import process from 'node:process';
import { pause } from '../scene/checked-connection.js';
import { Problem } from './failure.js';

/**
 * Whether only code of Node was running, as for Node's conversion of a destroyed stream to a web stream.
 * @internal
 */
export function isErrorOfNode(error: unknown): boolean {
  const frames = (error instanceof Error ? (error.stack ?? '') : '').split('\n').filter((line) => /^\s*at /.test(line));
  return frames.length > 0 && frames.every((line) => /[( ]node:/.test(line));
}

/** Errors of each case that runs. Most runners run one case at a time. Cases that run at once share an error, because it names no case. */
const watched = new Set<Problem[]>();

function hear(error: unknown): void {
  if (isErrorOfNode(error)) return;
  const text = `Nobody handles an error of the adapter, its client or the functions of the contract file: ${String(error)}`;
  for (const found of watched) found.push(new Problem(text, { cause: error }));
}

/**
 * Collects the errors that nobody handles while a case runs. Without a listener they would end the process, and nobody would know the case.
 * Nothing can prevent the errors of Node itself, so they do not count.
 */
export function watchStrayErrors(): { stop(): Promise<Problem[]> } {
  const found: Problem[] = [];
  if (watched.size === 0) {
    process.on('unhandledRejection', hear);
    process.on('uncaughtException', hear);
  }
  watched.add(found);
  return {
    async stop() {
      // Node reports a rejection at the end of a turn of the event loop.
      await pause();
      watched.delete(found);
      if (watched.size === 0) {
        process.off('unhandledRejection', hear);
        process.off('uncaughtException', hear);
      }
      return found;
    },
  };
}
