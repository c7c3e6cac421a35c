// How the contract makes the policy work. The tests call `policy` with the sources, and `npx holdline adapter-check` with the build.
import type { PolicyUnderTest } from '@holdline/adapter-kit';
import type * as sources from '../src/index.js';

export const policy = ({ $policy$ }: typeof sources): PolicyUnderTest => ({
  name: '$policy$',
  create: () => $policy$({ until: new Date('2100-01-01') }),
  // CHANGE 3: a call that the policy refuses, and in `waits` a call that it lets wait. What the policy never does stands in `lacks`.
  refuses: { request: { method: 'POST' } },
  lacks: { waits: 'The policy passes a call on or refuses it at once.' },
});
