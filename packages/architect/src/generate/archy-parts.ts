/** A mapping of Archy YAML. */
export type Part = Readonly<Record<string, unknown>>;

/**
 * Value of an input: a literal, or an Architect expression such as `{ exp: 'Flow.OrderId' }`.
 * @public
 */
export type GeneratedInput = string | number | boolean | { readonly exp: string };

/**
 * A data action that a generated flow calls.
 * @public
 */
export interface GeneratedCall {
  /** Category of the data action: the name of its integration in Architect. */
  readonly category: string;
  /** Name of the data action. */
  readonly action: string;
  /** Inputs by the names of the contract of the data action. Default: none. */
  readonly inputs?: Readonly<Record<string, GeneratedInput>>;
  /** Variables by the name of the output of the contract: `{ status: 'Flow.Status' }`. Default: none. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Seconds after which the data action takes its output timeout. Default: what Architect suggests for the data action. */
  readonly timeoutSeconds?: number;
}

export const literal = (value: string | number | boolean): Part => ({ lit: value });
export const expressionOf = (text: string): Part => ({ exp: text });

const inputOf = (input: GeneratedInput): Part => (typeof input === 'object' ? { exp: input.exp } : literal(input));

const mapValues = <T>(record: Readonly<Record<string, T>>, map: (value: T) => unknown): Part =>
  // `fromEntries` defines properties, so a column named `__proto__` is one like the others.
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

/** Outputs with actions. */
export const outputsOf = (lists: Readonly<Record<string, readonly Part[]>>): Part =>
  mapValues(lists, (actions) => ({ actions }));

export function callData(name: string, call: GeneratedCall, lists: Readonly<Record<string, readonly Part[]>>): Part {
  const { category, action, inputs = {}, outputs = {}, timeoutSeconds } = call;
  const contract = {
    ...(Object.keys(inputs).length > 0 && { inputs: mapValues(inputs, inputOf) }),
    ...(Object.keys(outputs).length > 0 && { successOutputs: mapValues(outputs, (variable) => ({ var: variable })) }),
  };
  return {
    callData: {
      name,
      ...(timeoutSeconds !== undefined && { timeout: { lit: { seconds: timeoutSeconds } } }),
      category: Object.fromEntries([[category, { dataAction: Object.fromEntries([[action, contract]]) }]]),
      outputs: outputsOf(lists),
    },
  };
}

export const decision = (name: string, condition: string, yes: readonly Part[], no: readonly Part[]): Part => ({
  decision: {
    name,
    condition: expressionOf(condition),
    outputs: outputsOf({ ...(yes.length > 0 && { yes }), ...(no.length > 0 && { no }) }),
  },
});

export const setText = (name: string, variable: string, value: string): Part => ({
  updateData: { name, statements: [{ string: { variable, value: literal(value) } }] },
});

export const transferToQueue = (name: string, queue: string): Part => ({
  transferToAcd: { name, targetQueue: { lit: { name: queue } }, ...blankAudio },
});

export const transferToFlow = (name: string, flow: string): Part => ({
  transferToFlow: { name, targetFlow: { name: flow }, ...blankAudio },
});

/** Transfers have two texts to play. A millisecond of silence stands in for both, as in the vendor's example of the cache. */
const blankAudio = {
  preTransferAudio: { exp: 'ToAudioBlank(1)' },
  failureTransferAudio: { exp: 'ToAudioBlank(1)' },
};

export const variable = (
  type: 'string' | 'integer',
  name: string,
  initial?: string | number,
  isInput = false,
): Part => ({
  [`${type}Variable`]: {
    name,
    initialValue: initial === undefined ? { noValue: true } : literal(initial),
    isInput,
    isOutput: false,
  },
});

/** Names of flow variables that stand alone in inputs: the flow gets them when it starts. */
export const inputVariables = (inputs: Readonly<Record<string, GeneratedInput>> = {}): readonly string[] => [
  ...new Set(
    Object.values(inputs).flatMap((input) =>
      typeof input === 'object' && /^Flow\.[A-Za-z_]\w*$/.test(input.exp.trim()) ? [input.exp.trim()] : [],
    ),
  ),
];
