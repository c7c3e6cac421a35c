import { describe, expect, it } from 'vitest';
import type { HoldlineConfig } from '../index.js';
import { setup, type Asked } from './transport.fixture.js';

// The API of Amazon Connect creates users and places calls by PUT. Some of its POSTs carry a token in the body, and may be repeated.
describe('a request of which the client knows whether it may be repeated', () => {
  it.each<[string, Asked, HoldlineConfig, number]>([
    ['a PUT that creates', { method: 'PUT', repeatable: false }, {}, 1],
    ['a PUT', { method: 'PUT' }, {}, 2],
    ['a POST with a token in its body', { method: 'POST', repeatable: true }, {}, 2],
    ['a POST', { method: 'POST' }, {}, 1],
    [
      'a POST that the user declares',
      { method: 'POST', repeatable: false },
      { endpoints: { 'POST /a': { readOnly: true } } },
      2,
    ],
  ])('%s', async (_, asked, config, attempts) => {
    const { run, wire } = setup(config, ['reset', 200]);
    const { error } = await run(asked);
    expect(wire.sent).toHaveLength(attempts);
    expect((error as { code?: string } | undefined)?.code).toBe(
      attempts === 1 ? 'HOLDLINE_OUTCOME_UNKNOWN' : undefined,
    );
  });

  it('is repeated after a refusal in any case, because the platform executed nothing', async () => {
    const { run, wire } = setup({}, [429, 200]);
    await run({ method: 'PUT', repeatable: false });
    expect(wire.sent).toHaveLength(2);
  });
});
