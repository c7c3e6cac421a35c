/**
 * The template of a project.
 *
 * - `function-client`: a client object with one request function.
 * - `axios-sdk`: an SDK that contains an axios instance.
 * - `fetch-sdk`: an SDK that calls a fetch function.
 * - `immutable-client`: a client that is itself a function, or frozen.
 * - `policy`: a policy.
 * @public
 */
export type TemplateName = 'function-client' | 'axios-sdk' | 'fetch-sdk' | 'immutable-client' | 'policy';

/** The templates with the words in which the command offers them. */
export const TEMPLATES: Readonly<Record<TemplateName, string>> = {
  'function-client': 'a client object with one function that makes every request',
  'axios-sdk': 'an SDK that contains an axios instance',
  'fetch-sdk': 'an SDK that calls a fetch function',
  'immutable-client': 'a client that is itself a function, or frozen',
  policy: 'a policy, which guards every client',
};

export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as TemplateName[];

export const isTemplateName = (text: string): text is TemplateName => Object.hasOwn(TEMPLATES, text);

/**
 * The license of a project. `UNLICENSED` means that nobody else may use it.
 * @public
 */
export type License = 'MIT' | 'ISC' | 'UNLICENSED';

export const LICENSES: readonly License[] = ['MIT', 'ISC', 'UNLICENSED'];
