import { mutant } from '../reference/mutant.fixture.js';

export const ATTEMPTS_MUTANTS = [
  mutant('makes each request an attempt of the line', {
    // Sends the second attempt of a 503 itself.
    run: async (line, call, transport, request) => {
      try {
        return await transport(request);
      } catch {
        return line.run(call);
      }
    },
  }),
];
