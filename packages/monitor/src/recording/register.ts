import { onNewLine } from '@holdline/core';
import { isMainThread, threadId } from 'node:worker_threads';
import { FileRecorder } from './recorder.js';

/** Signals that end a process without its event `exit`. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

let isExiting = false;

function warn(message: string): void {
  // Warnings are printed in a later turn, which an exiting process does not have.
  if (isExiting) process.stderr.write(`HoldlineWarning: ${message}\n`);
  else process.emitWarning(message, { type: 'HoldlineWarning' });
}

/** Puts the number of the process in place of `%p`. Each worker thread has its own file. */
function nameFile(file: string): string {
  const named = file.replaceAll('%p', String(process.pid));
  return isMainThread ? named : `${named}.thread-${threadId}`;
}

/**
 * Records every line that the process makes from now on. The file is created with the first line, so that processes without a line
 * create none. A failure is a warning of the process.
 */
export function registerRecorder(given: string): void {
  const file = nameFile(given);
  process.once('exit', () => (isExiting = true));
  let recorder: FileRecorder | undefined;
  let failed = false;
  const start = (): FileRecorder | undefined => {
    try {
      const started = new FileRecorder({ file });
      if (started.ended === 'failed') throw new Error(`nothing can be written to ${file}`);
      started.on('ended', ({ reason, message, bytes }) => {
        if (reason === 'full') warn(`the recording ${file} ended: it is full (${bytes} bytes)`);
        if (reason === 'failed') warn(`the recording ${file} ended: ${message ?? 'a write failed'}`);
      });
      if (isMainThread) flushOnSignals(started);
      return started;
    } catch (error) {
      failed = true;
      warn(`nothing is recorded: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  onNewLine((line) => {
    if (!failed) (recorder ??= start())?.add(line);
  });
}

/** Completes the file when a signal ends the process. A process with its own handler goes on. */
function flushOnSignals(recorder: FileRecorder): void {
  for (const signal of SIGNALS) {
    const onSignal = (): void => {
      recorder.flush();
      if (process.listenerCount(signal) > 1) return;
      void recorder.stop();
      process.off(signal, onSignal);
      process.kill(process.pid, signal);
    };
    process.on(signal, onSignal);
  }
}
