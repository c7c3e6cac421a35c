import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { CASES } from '../cases/index.js';
import type { AdapterUnderTest, ContractCase, ContractPart, Feature } from '../contract/types.js';
import { CONTRACT_VERSION } from '../contract/version.js';

/**
 * What a package says about the contract that its tests run.
 * @public
 */
export interface ContractRecord {
  /** Version of the contract. */
  readonly contract: number;
  /** The parts that the tests run; absent if they run all. */
  readonly parts?: readonly ContractPart[];
  readonly adapters: readonly {
    /** Name of the adapter under test. */
    readonly name: string;
    /** Number of cases that the adapter passes. */
    readonly cases: number;
    readonly leftOut: readonly {
      readonly feature: Feature;
      readonly reason: string;
      /** Names of the cases that need the feature. */
      readonly cases: readonly string[];
    }[];
  }[];
}

/**
 * Compares the record of a package with the adapters that its tests give to `adapterContract`. Call it in a test of the same file. The record
 * is then true as long as the tests pass. With the environment variable `HOLDLINE_RECORD=1` it writes the record.
 *
 * @param file - The record, a JSON file.
 * @param adapters - The adapters that the tests give to `adapterContract`.
 * @param parts - The parts that the tests give to `adapterContract`. Default: all.
 * @throws Error if the file is missing or differs.
 * @example
 * ```ts
 * import { it } from 'vitest';
 * import { recordContract, type AdapterUnderTest } from '@holdline/adapter-kit';
 *
 * declare const adapter: AdapterUnderTest;
 * it('is recorded', () => recordContract(new URL('../contract.json', import.meta.url), [adapter]));
 * ```
 * @public
 */
export function recordContract<Client extends object>(
  file: string | URL,
  adapters: readonly Pick<AdapterUnderTest<Client>, 'name' | 'lacks'>[],
  parts?: readonly ContractPart[],
): void {
  const cases = CASES.filter(({ part }) => parts?.includes(part) !== false);
  const record: ContractRecord = {
    contract: CONTRACT_VERSION,
    ...(parts && { parts }),
    adapters: adapters.map((adapter) => recordOf(adapter, cases)),
  };
  const text = `${JSON.stringify(record, null, 2)}\n`;
  if (process.env['HOLDLINE_RECORD'] === '1') return writeFileSync(file, text);
  const known = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (known !== undefined && isSame(known, record)) return;
  throw new Error(
    `${known === undefined ? 'There is no' : 'The adapters differ from'} ${String(file)}. Run this test with HOLDLINE_RECORD=1 to write it.`,
  );
}

function recordOf(
  { name, lacks = {} }: Pick<AdapterUnderTest, 'name' | 'lacks'>,
  all: readonly ContractCase[],
): ContractRecord['adapters'][number] {
  const features = Object.keys(lacks) as Feature[];
  return {
    name,
    cases: all.filter(({ needs }) => !needs.some((feature) => features.includes(feature))).length,
    leftOut: features.sort().map((feature) => ({
      feature,
      reason: lacks[feature] ?? '',
      cases: all.filter(({ needs }) => needs.includes(feature)).map((one) => `${one.part}: ${one.name}`),
    })),
  };
}

/** Formatters may change the text of the file, so only its data counts. */
function isSame(text: string, record: ContractRecord): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(record);
  } catch {
    return false;
  }
}
