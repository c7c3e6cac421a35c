import { Problem } from '../contract/failure.js';
import { JSON_FORMAT, type AnswerFormat } from '../server/contract-server.js';

/** Calls `answerFormat`, and keeps the first mistake in it. */
export class CheckedFormat {
  problem: Problem | undefined;

  constructor(readonly format: AnswerFormat = JSON_FORMAT) {}

  readonly build: AnswerFormat = (status, id) => {
    try {
      const built = this.format(status, id);
      // Cases tell apart only the answers of calls that succeed.
      if (typeof built?.body === 'string' && (status >= 300 || built.body.includes(id))) return built;
      this.problem ??= new Problem(
        'answerFormat() must return an object with the string body. The body of a 200 must contain the id.',
      );
    } catch (error) {
      this.problem ??= new Problem(`answerFormat() threw '${String(error)}'.`, { cause: error });
    }
    return { body: '' };
  };
}
