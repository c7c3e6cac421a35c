import { policyContract } from '@holdline/adapter-kit';
import { createHoldline } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { correlation, stopwatch } from '../examples/third-party-policy/policies.mjs';

const lacks = { waits: 'it passes each call on at once', refuses: 'it passes each call on' };
const runner = { describe, it, expect };

policyContract(runner, { name: 'correlation', create: () => correlation({ header: 'X-Acme-Correlation' }), lacks });

const measured: string[] = [];
const record = (route: string, outcome: string): void => void measured.push(`${route} ${outcome}`);
policyContract(runner, { name: 'stopwatch', create: () => stopwatch({ record }), lacks });

it('shows the options of both policies without their functions', () => {
  const line = createHoldline()
    .use(stopwatch({ record }))
    .use(correlation({ header: 'X-Acme-Correlation' }));
  const { policies } = line.explain({ method: 'GET', url: 'https://api.example.com/items/1' });
  expect(policies.find(({ name }) => name === 'acme-correlation')?.options).toEqual({ header: 'X-Acme-Correlation' });
  expect(measured.every((text) => text.startsWith('GET /items/:id '))).toBe(true);
});
