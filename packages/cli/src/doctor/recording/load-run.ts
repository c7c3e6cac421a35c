import type { EventName, HoldlineEvents } from '@holdline/core';
import { CommandError, lineOf, usageError } from '../../terminal/errors.js';
import { count } from '../../terminal/words.js';
import { MAX_CALLS, type RecordedRun, RunReader } from './recorded-run.js';

/**
 * Reads a recording of `holdline record`.
 *
 * @param notes - Gets a sentence for everything that limits the result.
 * @throws CommandError if the file is missing, is no recording, or is damaged.
 */
export async function loadRun(path: string, notes: string[]): Promise<RecordedRun> {
  const { readRecording } = await import('@holdline/monitor/node');
  const reader = new RunReader();
  let read = 0;
  try {
    const recording = await readRecording(path);
    for await (const { at, line, name, payload } of recording.entries()) {
      read++;
      if (name === 'ended' && payload.reason === 'full')
        notes.push('The recording is full: it lacks the end of the run.');
      if (name === 'snapshot') reader.readSnapshot(payload);
      else reader.read(String(line), name as EventName, payload as HoldlineEvents[EventName], at);
    }
  } catch (error) {
    const { code } = (error ?? {}) as { code?: unknown };
    if (code === 'ENOENT') throw usageError(`There is no recording ${path}.`);
    // Everything before a damaged line is right, because lines are only appended.
    if (code !== 'DAMAGED' || read === 0) throw new CommandError(`The recording cannot be read: ${lineOf(error)}`);
    notes.push(`The recording is damaged: ${lineOf(error)}. Only what stands before was read.`);
  }
  const run = reader.finish();
  if (run.skipped > 0)
    notes.push(
      `${count(run.skipped)} calls of the recording had no end, or came after the first ${count(MAX_CALLS)}, and were not analysed.`,
    );
  return run;
}
