import { describe, expect, it } from 'vitest';
import { adapterContract } from '@holdline/adapter-kit';
import { ownRequestClientUnderTest, requestUnderTest, taskRouterUnderTest } from './twilio-client.fixture.js';

for (const version of ['6', '5'] as const) {
  adapterContract({ describe, it, expect }, taskRouterUnderTest(version));
  adapterContract({ describe, it, expect }, requestUnderTest(version));
}
adapterContract({ describe, it, expect }, ownRequestClientUnderTest());
