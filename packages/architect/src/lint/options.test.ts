import { describe, expect, test } from 'vitest';
import { call, flowOf, found, loop, seconds } from '../rules/flow.fixture.js';
import { lintFlow } from './lint-flow.js';
import { checkLintOptions, LintOptionError, parseLintOptions } from './options.js';

describe('a wrong option is an error that names the key', () => {
  test.each<[unknown, string]>([
    [7, 'the configuration must be an object with rules, callsPerMinute'],
    [{ callPerMinute: 1 }, 'callPerMinute is not known; did you mean callsPerMinute?'],
    [{ zzzzzzzz: 1 }, 'zzzzzzzz is not known; allowed here: rules, callsPerMinute'],
    [{ rules: { 'unbounded-retries': 'off' } }, 'rules.unbounded-retries is not known; did you mean unbounded-retry?'],
    [
      { rules: { 'unbounded-retry': 'warning' } },
      "rules.unbounded-retry must be 'off', 'hint', 'warn' or 'error', got 'warning'",
    ],
    [{ rules: ['unbounded-retry'] }, 'rules must be an object with '],
    [{ callsPerMinute: -1 }, 'callsPerMinute must be a number of at least 0, got -1'],
    [{ callsPerMinute: '120' }, "callsPerMinute must be a number of at least 0, got '120'"],
    [{ p95Ms: 0 }, 'p95Ms must be a number above 0, got 0'],
    [{ p95Ms: Infinity }, 'p95Ms must be a number above 0, got Infinity'],
    [{ loopCount: 1.5 }, 'loopCount must be an integer of at least 1, got 1.5'],
    [{ actionShare: 80 }, 'actionShare must be a number above 0 and at most 1, got 80'],
    [{ actions: { 'Get user': { p95: 1 } } }, "actions['Get user'].p95 is not known; did you mean p95Ms?"],
    [
      { actions: { 'Get user': { callsPlatform: 'yes' } } },
      "actions['Get user'].callsPlatform must be true or false, got 'yes'",
    ],
    [{ flows: { Main: 120 } }, "flows['Main'] must be an object with callsPerMinute, loopCount, got 120"],
    [{ flows: [] }, 'flows must be an object, got an array'],
    [{ limits: { actions: null } }, 'limits.actions must be an integer of at least 1, got null'],
  ])('%j', (options, message) => {
    expect(() => checkLintOptions(options)).toThrow(LintOptionError);
    expect(() => checkLintOptions(options)).toThrow(message);
  });

  test('also for a program that calls the linter', () => {
    expect(() => lintFlow(flowOf([]), { rules: { nothing: 'off' } })).toThrow(LintOptionError);
  });
});

describe('a configuration file', () => {
  test('is YAML or JSON, with the options at the top or below the key architect', () => {
    expect(parseLintOptions('callsPerMinute: 12\nrules: { wait-too-long: off }')).toEqual({
      callsPerMinute: 12,
      rules: { 'wait-too-long': 'off' },
    });
    expect(parseLintOptions('\uFEFF{"architect":{"p95Ms":5}}')).toEqual({ p95Ms: 5 });
    expect(parseLintOptions('')).toEqual({});
  });

  test.each<[string, RegExp]>([
    ['rules: [', /^the configuration cannot be read: /],
    ['- a', /^the configuration must be an object/],
    ['architect: { p95: 1 }', /^p95 is not known; did you mean p95Ms\?$/],
    ['a: &a [x]\nb: [*a, *a]', /^a is not known/],
  ])('%j is refused', (text, message) => {
    expect(() => parseLintOptions(text)).toThrow(LintOptionError);
    expect(() => parseLintOptions(text)).toThrow(message);
  });
});

describe('levels', () => {
  const flow = flowOf([loop('Flow.Max', [call('Get')])]);
  const levels = (level?: 'off' | 'hint' | 'warn' | 'error', from = flow): string[] =>
    found(
      from,
      'data-action-loop-without-wait',
      level ? { rules: { 'data-action-loop-without-wait': level } } : {},
    ).map((one) => one.level);

  test('come from the rule, or from the options', () => {
    expect([levels(), levels('error'), levels('warn'), levels('hint'), levels('off')]).toEqual([
      ['error'],
      ['error'],
      ['warn'],
      ['hint'],
      [],
    ]);
  });

  test('a milder case keeps its own level, unless the rule is milder still', () => {
    const bounded = flowOf([loop(3, [call('Get')])]);
    expect([levels('error', bounded), levels('hint', bounded)]).toEqual([['warn'], ['hint']]);
  });
});

test('names of flows and data actions may be those of members of objects', () => {
  const flow = flowOf([call('constructor'), call('__proto__'), seconds(1)], { name: 'toString' });
  expect(() => lintFlow(flow, { callsPerMinute: 1, p95Ms: 1, flows: {}, actions: {} })).not.toThrow();
});
