import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CASES } from '../cases/index.js';
import { ACME } from '../reference/acme.fixture.js';
import { recordContract, type ContractRecord } from './record-contract.js';

test('a record is written on request, and then compared', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdline-record-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'contract.json');
  const limited = { ...ACME, lacks: { redirects: 'it follows none' } };

  expect(() => recordContract(file, [limited])).toThrow(/^There is no .*Run this test with HOLDLINE_RECORD=1/);
  vi.stubEnv('HOLDLINE_RECORD', '1');
  recordContract(file, [limited]);
  vi.unstubAllEnvs();

  recordContract(file, [limited]);
  const record = JSON.parse(readFileSync(file, 'utf8')) as ContractRecord;
  const needing = CASES.filter(({ needs }) => needs.includes('redirects')).map(({ part, name }) => `${part}: ${name}`);
  expect(record).toMatchObject({
    contract: 1,
    adapters: [
      {
        name: 'guardAcme',
        cases: CASES.length - needing.length,
        leftOut: [{ feature: 'redirects', reason: 'it follows none', cases: needing }],
      },
    ],
  });
  // A formatter may change the text.
  writeFileSync(file, JSON.stringify(record));
  recordContract(file, [limited]);

  expect(() => recordContract(file, [ACME])).toThrow(/^The adapters differ from/);
  writeFileSync(file, '{');
  expect(() => recordContract(file, [limited])).toThrow(/^The adapters differ from/);
});
