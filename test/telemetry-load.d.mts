import type * as core from '@holdline/core';
import type { Simulator } from '@holdline/simulator';

export interface FaultyStore {
  store: core.Store;
  lose(): void;
  comeBack(): void;
}

export function createLoadLine(
  core: Pick<typeof import('@holdline/core'), 'createHoldline' | 'memoryStore'>,
  simulator: Pick<Simulator, 'url'>,
): { line: core.Holdline; place: FaultyStore };

export function runLoad(
  core: Pick<typeof import('@holdline/core'), 'withCall'>,
  parts: { simulator: Simulator; api: typeof fetch; place: FaultyStore },
): Promise<void>;
