/** What an option allows. */
export interface OptionCheck {
  readonly allowed: string;
  readonly isValid: (value: unknown) => boolean;
  readonly isOptional?: boolean;
}

const MAX_LENGTH = 256;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= MAX_LENGTH;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isInput = (value: unknown): boolean => {
  if (isObject(value)) return Object.keys(value).join() === 'exp' && isExpression(value['exp']);
  return typeof value === 'boolean' || Number.isFinite(value) || (typeof value === 'string' && value.length <= 10_000);
};

const isExpression = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 10_000;

const isVariable = (value: unknown): boolean =>
  typeof value === 'string' && /^(?:Flow|Task|State)\.[A-Za-z_]\w{0,99}$/.test(value);

const isRecordOf = (value: unknown, isValid: (inner: unknown) => boolean): boolean =>
  isObject(value) && Object.entries(value).every(([key, inner]) => isText(key) && isValid(inner));

export const text: OptionCheck = { allowed: `a text of 1 to ${MAX_LENGTH} characters`, isValid: isText };
export const expression: OptionCheck = { allowed: 'an Architect expression', isValid: isExpression };
export const inputs: OptionCheck = {
  allowed: 'inputs by name, each a string, a number, a boolean or { exp }',
  isValid: (value) => isRecordOf(value, isInput),
};
export const outputs: OptionCheck = {
  allowed: 'variables by the name of the output, such as Flow.Status',
  isValid: (value) => isRecordOf(value, isVariable),
};

export const integer = (least: number, most: number): OptionCheck => ({
  allowed: `an integer from ${least} to ${most.toLocaleString('en')}`,
  isValid: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
});

export const optional = (check: OptionCheck): OptionCheck => ({ ...check, isOptional: true });

/** Throws a TypeError for an unknown key and for a value that is not allowed. */
export function checkOptions(where: string, options: unknown, checks: Readonly<Record<string, OptionCheck>>): void {
  if (!isObject(options)) throw new TypeError(`${where}: expected an object, got ${show(options)}`);
  for (const key of Object.keys(options))
    if (!Object.hasOwn(checks, key))
      throw new TypeError(`${where}.${key}: unknown key; allowed are ${Object.keys(checks).join(', ')}`);
  for (const [key, { allowed, isValid, isOptional }] of Object.entries(checks)) {
    const value = options[key];
    if (value === undefined && isOptional === true) continue;
    if (!isValid(value)) throw new TypeError(`${where}.${key}: expected ${allowed}, got ${show(value)}`);
  }
}

export function show(value: unknown): string {
  const shown = JSON.stringify(value) as string | undefined;
  return (shown ?? String(value)).slice(0, 200);
}
