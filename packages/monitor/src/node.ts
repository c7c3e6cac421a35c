// The entry point for Node: recordings in files.
export { record, type Recorder, type RecorderEvents, type RecordOptions } from './recording/recorder.js';
export { readRecording, RecordingError, type ReadOptions, type Recording } from './recording/read.js';
export type { RecordedEntry, RecordedPayloads, RecordingEnd } from './recording/format.js';
export { monitorRecording, type PlayOptions } from './recording/play.js';
