import { awsUsagePlans, azureApiManagement } from '@holdline/gateway';
import { ConfigError, type HoldlineConfig } from '@holdline/core';
import { cxone } from '@holdline/cxone';
import { genesysCloud } from '@holdline/genesys';
import { specification } from '@aws-cdk/cfnspec';
import { DOMParser, type Element, type Node, onErrorStopParsing } from '@xmldom/xmldom';
import { describe, expect, test } from 'vitest';

const PLATFORM = { platform: 'https://api.mypurecloud.com', refusals: 'genesys' } as const;

/** Texts that end a string, an attribute, a comment or an expression somewhere, or that a cloud would replace. */
const HOSTILE = [
  '"',
  "'",
  '\\',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\u2028',
  '\uD800',
  '\uFFFE',
  '\u{1F600}',
  '<',
  '>',
  '&',
  '-->',
  '--',
  ']]>',
  '<!--',
  '@(1)',
  '")',
  '"))',
  '{{resolve:secretsmanager:key}}',
  '{{named-value}}',
  "[concat('a')]",
  '$context.x',
  '#set($x=1)',
  ';',
  '*/;',
  '%22',
  '&quot;',
];

/** A configuration in which the names of quotas, segments and parameters are hostile. */
function hostileConfig(text: string): HoldlineConfig {
  const segment = text.replace(/[/ ?#{}*]/g, '');
  return {
    governor: { quotas: [{ name: `a${text}b`, limit: 300, windowMs: 60_000 }] },
    endpoints: {
      [`GET /users/${segment}`]: { governor: { quotas: [{ name: text, limit: 10, windowMs: 1_000 }] } },
      [`* /a${segment}b/:id/**`]: { governor: { quotas: [{ limit: 5, windowMs: 1_000, key: 'id' }] } },
      [`POST /${segment}/:${segment}`]: {
        governor: { quotas: [{ name: 'route', limit: 5, windowMs: 1_000, scope: 'route' }] },
      },
    },
    paths: { anchor: `/${text}/`, stripPrefixes: [`/${segment}/:version`] },
  };
}

interface PropertySpec {
  PrimitiveType?: string;
  Type?: string;
  ItemType?: string;
  PrimitiveItemType?: string;
  Required?: boolean;
}

type Properties = Record<string, PropertySpec>;

interface Template {
  Metadata: { Holdline: { notes: string[] } };
  Parameters: Record<string, unknown>;
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  Outputs: Record<string, { Value: { Ref: string } }>;
}

const { ResourceTypes, PropertyTypes } = specification() as unknown as {
  ResourceTypes: Record<string, { Properties: Properties }>;
  PropertyTypes: Record<string, { Properties: Properties }>;
};

const PRIMITIVES: Record<string, (value: unknown) => boolean> = {
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Integer: (value) => Number.isInteger(value),
  Double: (value) => typeof value === 'number' && Number.isFinite(value),
};

/** What is wrong with a template according to the specification of CloudFormation. */
function problemsOf({ Resources, Parameters, Outputs }: Template): string[] {
  const problems: string[] = [];
  const checkRef = (value: unknown, place: string): boolean => {
    if (typeof value !== 'object' || value === null || !('Ref' in value)) return false;
    if (!(String(value.Ref) in { ...Resources, ...Parameters })) problems.push(`${place}: no ${String(value.Ref)}`);
    return true;
  };
  const checkPrimitive = (value: unknown, type: string, place: string): void => {
    if (!checkRef(value, place) && !PRIMITIVES[type]?.(value)) problems.push(`${place} is no ${type}`);
  };
  const checkItem = (value: unknown, spec: PropertySpec, owner: string, place: string): void => {
    if (spec.PrimitiveItemType !== undefined) checkPrimitive(value, spec.PrimitiveItemType, place);
    else checkAll(value, PropertyTypes[`${owner}.${spec.ItemType ?? ''}`]?.Properties, owner, place);
  };
  const checkAll = (value: unknown, specs: Properties | undefined, owner: string, place: string): void => {
    if (!specs) return void problems.push(`${place} has no specification`);
    const given = value as Record<string, unknown>;
    for (const [name, { Required }] of Object.entries(specs))
      if (Required && given[name] === undefined) problems.push(`${place}.${name} is missing`);
    for (const [name, inner] of Object.entries(given)) {
      const spec = specs[name];
      const here = `${place}.${name}`;
      if (!spec) problems.push(`${here} does not exist`);
      else if (spec.PrimitiveType !== undefined) checkPrimitive(inner, spec.PrimitiveType, here);
      else if (spec.Type === 'List')
        (inner as unknown[]).forEach((item, i) => checkItem(item, spec, owner, `${here}[${i}]`));
      else if (spec.Type === 'Map')
        for (const [key, item] of Object.entries(inner as object)) checkItem(item, spec, owner, `${here}.${key}`);
      else checkAll(inner, PropertyTypes[`${owner}.${spec.Type ?? ''}`]?.Properties, owner, here);
    }
  };
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    if (!/^[A-Za-z0-9]+$/.test(id)) problems.push(`${id} is no logical id`);
    checkAll(Properties, ResourceTypes[Type]?.Properties, Type, id);
  }
  for (const [id, { Value }] of Object.entries(Outputs)) checkRef(Value, `Outputs.${id}`);
  return problems;
}

const templateOf = (config: HoldlineConfig, options: Partial<Parameters<typeof awsUsagePlans>[1]> = {}): Template =>
  JSON.parse(
    awsUsagePlans(config, { ...PLATFORM, clients: ['ivr', 'reports'], ...options })['holdline-usage-plan.json'] ?? '',
  ) as Template;

describe('a usage plan of AWS', () => {
  test.each<[string, HoldlineConfig]>([
    ['genesys', genesysCloud()],
    ['cxone', cxone({ governor: { quotas: [{ limit: 100, windowMs: 1_000 }] } })],
    ['no quota', {}],
  ])('%s: every property is in the specification of CloudFormation and has its type', (_, config) => {
    expect(problemsOf(templateOf(config))).toEqual([]);
  });

  test('the check finds what is wrong', () => {
    const template = templateOf(genesysCloud());
    const { HoldlineUsagePlan: plan, HoldlineKey1InPlan: key } = template.Resources;
    if (plan) plan.Properties = { ...plan.Properties, UsagePlanName: 1, Throttle: { BurstLimit: 1.5, Rate: 2 } };
    if (key) key.Properties = { KeyId: { Ref: 'Nothing' }, KeyType: 'API_KEY' };
    expect(problemsOf(template)).toEqual([
      'HoldlineUsagePlan.UsagePlanName is no String',
      'HoldlineUsagePlan.Throttle.BurstLimit is no Integer',
      'HoldlineUsagePlan.Throttle.Rate does not exist',
      'HoldlineKey1InPlan.UsagePlanId is missing',
      'HoldlineKey1InPlan.KeyId: no Nothing',
    ]);
  });

  test('keeps the quotas in any window, and has no secret', () => {
    const { Resources } = templateOf(genesysCloud());
    const plan = Resources['HoldlineUsagePlan']?.Properties as {
      Throttle: { RateLimit: number; BurstLimit: number };
      ApiStages: { Throttle: Record<string, { RateLimit: number; BurstLimit: number }> }[];
    };
    const inMinute = ({ RateLimit, BurstLimit }: { RateLimit: number; BurstLimit: number }): number =>
      BurstLimit + 60 * RateLimit;
    const route = plan.ApiStages[0]?.Throttle['/api/v2/architect/ivrs/{ivrId}/PUT'];
    for (const [throttle, limit] of [
      [plan.Throttle, 300],
      [route, 100],
    ] as const) {
      expect(throttle && inMinute(throttle)).toBeLessThanOrEqual(limit + 1);
      expect(throttle && inMinute(throttle)).toBeGreaterThan(limit * 0.98);
    }
    for (const { Type, Properties } of Object.values(Resources))
      if (Type === 'AWS::ApiGateway::ApiKey') expect(Properties).not.toHaveProperty('Value');
    expect(Resources['HoldlineThrottled']?.Properties).toMatchObject({
      ResponseType: 'THROTTLED',
      ResponseParameters: { 'gatewayresponse.header.Retry-After': "'1'" },
    });
  });

  test('says what it cannot keep', () => {
    const notes = templateOf(cxone()).Metadata.Holdline.notes.join('\n');
    expect(notes).toMatch(/count by API key, not by credential/);
    expect(notes).toMatch(/best-effort/);
    expect(notes).toMatch(/WebSocket APIs have none/);
    expect(notes).toMatch(/update-contact counts by the tenant/);
    expect(notes).toMatch(/update-specific-contact counts by a parameter/);
  });

  test.each(HOSTILE)('no name makes CloudFormation replace something: %j', (text) => {
    const written = templateOf(hostileConfig(text));
    expect(problemsOf(written)).toEqual([]);
    expect(JSON.stringify(written)).not.toContain('{{');
    expect(() => templateOf({}, { clients: [text] })).toThrow(ConfigError);
  });

  test('refuses what a usage plan cannot do', () => {
    expect(() => templateOf({}, { clients: [] })).toThrow('options.clients must be at least one name');
    expect(() => templateOf({}, { clients: ['a', 'a'] })).toThrow('options.clients has "a" twice');
    expect(() => templateOf({}, { dryRun: true })).toThrow('options.dryRun must be false');
  });
});

/**
 * Elements of the policy and their attributes. Sources: the references of the policies `rate-limit-by-key`, `choose`, `set-variable`,
 * `return-response`, `set-status`, `set-header` and `set-body` at learn.microsoft.com/azure/api-management.
 */
const ELEMENTS: Record<string, { required?: string[]; optional?: string[] }> = {
  policies: {},
  inbound: {},
  backend: {},
  outbound: {},
  'on-error': {},
  base: {},
  choose: {},
  when: { required: ['condition'] },
  otherwise: {},
  'set-variable': { required: ['name', 'value'] },
  'rate-limit-by-key': {
    required: ['calls', 'renewal-period', 'counter-key'],
    optional: [
      'increment-condition',
      'increment-count',
      'retry-after-header-name',
      'retry-after-variable-name',
      'remaining-calls-header-name',
      'remaining-calls-variable-name',
      'total-calls-header-name',
    ],
  },
  'return-response': { optional: ['response-variable-name'] },
  'set-status': { required: ['code', 'reason'] },
  'set-header': { required: ['name'], optional: ['exists-action'] },
  'set-body': { optional: ['template', 'xsi-nil'] },
  value: {},
};

/** All elements of a policy, in order. Fails if the policy is not well-formed. */
function elementsOf(policy: string): Element[] {
  const root = new DOMParser({ onError: onErrorStopParsing }).parseFromString(policy, 'text/xml').documentElement;
  const found: Element[] = [];
  const walk = (node: Node | null): void => {
    if (node?.nodeType !== 1) return;
    found.push(node as Element);
    for (let child = node.firstChild; child; child = child.nextSibling) walk(child);
  };
  walk(root);
  return found;
}

const attributesOf = (element: Element): Record<string, string> =>
  Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value]));

/** The expressions of a policy: attributes and texts that begin with `@`. */
const expressionsOf = (elements: readonly Element[]): string[] =>
  elements
    .flatMap((element) => [...Object.values(attributesOf(element)), element.firstChild?.nodeValue ?? ''])
    .filter((text) => text.startsWith('@'));

/** An expression without its strings, verbatim and ordinary. A string that does not end leaves its quote. */
const withoutStrings = (expression: string): string =>
  expression.replace(/@"(?:[^"]|"")*"/g, 'S').replace(/"(?:[^"\\\n]|\\(?:u[0-9A-F]{4}|["\\]))*"/g, 'S');

function isBalanced(code: string): boolean {
  const open: string[] = [];
  const pairs: Record<string, string> = { ')': '(', '}': '{', ']': '[' };
  for (const character of code) {
    if ('({['.includes(character)) open.push(character);
    else if (character in pairs && open.pop() !== pairs[character]) return false;
  }
  return open.length === 0;
}

const policyOf = (config: HoldlineConfig, options: object = {}): string =>
  azureApiManagement(config, { ...PLATFORM, ...options })['holdline-policy.xml'] ?? '';

function checkPolicy(policy: string): void {
  const elements = elementsOf(policy);
  for (const element of elements) {
    const known = ELEMENTS[element.tagName];
    expect([element.tagName, known]).not.toEqual([element.tagName, undefined]);
    const names = Object.keys(attributesOf(element));
    const { required = [], optional = [] } = known ?? {};
    expect(names).toEqual(expect.arrayContaining(required));
    expect([...required, ...optional]).toEqual(expect.arrayContaining(names));
    if (element.tagName !== 'rate-limit-by-key') continue;
    const { calls, 'renewal-period': period } = attributesOf(element);
    expect(Number(calls)).toBeGreaterThan(0);
    expect(Number(period)).toBeGreaterThan(0);
    expect(Number(period)).toBeLessThanOrEqual(300);
  }
  for (const expression of expressionsOf(elements)) {
    const code = withoutStrings(expression);
    expect(code).toMatch(/^@(?:\(.*\)|\{.*\})$/s);
    expect(code).toMatch(/^[\w\s@.,;:?!=&|+()[\]{}<>'/-]*$/);
    expect(isBalanced(code)).toBe(true);
  }
}

describe('a policy of Azure', () => {
  test.each<[string, HoldlineConfig, object]>([
    ['genesys', genesysCloud(), { addresses: { limit: 100, windowMs: 1_000 } }],
    ['cxone', cxone(), { refusals: 'cxone', withoutCredential: 'share' }],
    ['no quota', {}, { refusals: 'plain' }],
  ])('%s: is well-formed, and has only elements and attributes of the reference', (_, config, options) => {
    const policy = policyOf(config, options);
    checkPolicy(policy);
    const { [`holdline-policy.json`]: json = '' } = azureApiManagement(config, { ...PLATFORM, ...options });
    const template = JSON.parse(json) as { resources: { type: string; properties: object }[] };
    expect(template.resources).toHaveLength(1);
    expect(template.resources[0]).toMatchObject({
      type: 'Microsoft.ApiManagement/service/apis/policies',
      apiVersion: '2022-08-01',
      name: "[concat(parameters('serviceName'), '/', parameters('apiName'), '/policy')]",
      properties: { format: 'xml', value: policy },
    });
  });

  test('counts by a digest of the credential, and keeps long windows in parts', () => {
    const limits = elementsOf(policyOf(cxone()))
      .filter(({ tagName }) => tagName === 'rate-limit-by-key')
      .map(attributesOf);
    // 120,000 an hour are 10,000 in five minutes; a bucket of 250 that regains 17 a minute is 85 in five minutes.
    expect(limits).toContainEqual(
      expect.objectContaining({ calls: '10000', 'renewal-period': '300', 'retry-after-header-name': 'Retry-After' }),
    );
    expect(limits).toContainEqual(expect.objectContaining({ calls: '85', 'renewal-period': '300' }));
    const [credential] = elementsOf(policyOf(genesysCloud())).filter(({ tagName }) => tagName === 'set-variable');
    expect(credential && attributesOf(credential)['value']).toContain('SHA256.Create().ComputeHash');
  });

  test.each(HOSTILE)('no name gets out of its string or its comment: %j', (text) => {
    const policy = policyOf(hostileConfig(text));
    checkPolicy(policy);
    expect(policy).not.toContain('{{');
  });

  test('says what it cannot keep', () => {
    const tenant = { header: 'X-Tenant', trustedFrom: ['10.0.0.0/8'] };
    const policy = policyOf(genesysCloud(), { tenant, sockets: { paths: ['/channels/:id'] } });
    expect(policy).toMatch(/never completely accurate/);
    expect(policy).toMatch(/The tenant header is not read/);
    expect(policy).toMatch(/Neither upgrades of WebSockets nor open sockets are limited/);
    expect(() => policyOf({}, { dryRun: true })).toThrow('options.dryRun must be false');
  });
});
