import { isCancel, select, text } from '@clack/prompts';
import { CreateError, EXIT } from './errors.js';
import { TEMPLATE_NAMES, TEMPLATES, type TemplateName } from './templates.js';

/** A question with a text as its answer. */
export interface TextQuestion {
  readonly message: string;
  /** The answer to an empty line. */
  readonly initial?: string | undefined;
  /** Whether an empty line without `initial` is an answer. */
  readonly optional?: boolean;
  readonly check: (value: string) => string | undefined;
}

/** Asks the user at the terminal. */
export interface Questions {
  text(question: TextQuestion): Promise<string>;
  template(): Promise<TemplateName>;
}

/** Streams of the terminal. Tests give their own. */
export type PromptStreams = Pick<Parameters<typeof text>[0], 'input' | 'output'>;

/** Asks at the terminal of this process. */
export function askAtTerminal(streams: PromptStreams = {}): Questions {
  return {
    async text({ message, initial, optional = false, check }) {
      const answer = await text({
        ...streams,
        message,
        ...(initial !== undefined && { placeholder: initial, defaultValue: initial }),
        validate: (value = '') => {
          if (value.trim() === '' && (optional || initial !== undefined)) return undefined;
          const problem = check(value.trim());
          return problem && problem.charAt(0).toUpperCase() + problem.slice(1);
        },
      });
      return given(answer).trim();
    },
    async template() {
      const answer = await select({
        ...streams,
        message: 'What do you want to make?',
        options: TEMPLATE_NAMES.map((value) => ({ value, label: value, hint: TEMPLATES[value] })),
      });
      return given(answer);
    },
  };
}

function given<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new CreateError('Cancelled. Nothing was written.', EXIT.cancelled);
  return answer as Exclude<T, symbol>;
}
