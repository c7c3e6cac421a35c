import type { RecordedLoad } from './types.js';
import type { LoadSource } from './load.js';

export async function recordedLoad(load: Required<RecordedLoad>): Promise<LoadSource> {
  throw new Error(load.recording);
}
