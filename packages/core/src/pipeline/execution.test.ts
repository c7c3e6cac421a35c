import { describe, expect, it } from 'vitest';
import type { ActiveCall } from '../call/call.js';
import { answered, failed, type Outcome } from '../contract/outcome.js';
import { compilePipeline, Execution, type Destination, type Step, type Pipeline } from './execution.js';

const VALUE = { status: 200 };
const OK = answered(VALUE, { status: 200, header: () => undefined });
const CALL = {} as ActiveCall;
const arrives: Destination = { complete: (_, { value }) => value, fail: () => undefined };
const transport = (send: () => Promise<Outcome> = () => Promise.resolve(OK)): Pipeline => ({
  steps: [],
  nexts: [],
  inner: send,
});

/** A step that records its calls. */
const recorder = (heard: string[], name: string, more: Step = {}): Step => ({
  enter: (execution) => (heard.push(`${name} in`), more.enter?.(execution)),
  leave: (execution, outcome) => (heard.push(`${name} out`), more.leave?.(execution, outcome)),
  failed: () => void heard.push(`${name} failed`),
});
const bug = (): never => {
  throw new Error('bug');
};
const execute = (pipeline: Pipeline): Promise<unknown> => new Execution(CALL, pipeline).proceed();

describe('an execution', () => {
  it('enters all steps and leaves them in reverse order', async () => {
    const heard: string[] = [];
    const pipeline = compilePipeline([recorder(heard, 'a'), recorder(heard, 'b')], transport(), arrives);
    await expect(execute(pipeline)).resolves.toBe(VALUE);
    expect(heard).toEqual(['a in', 'b in', 'b out', 'a out']);
  });

  it('reaches the transport in the tick in which it began', () => {
    let sent = false;
    void execute(
      compilePipeline(
        [recorder([], 'a')],
        transport(() => ((sent = true), Promise.resolve(OK))),
        arrives,
      ),
    );
    expect(sent).toBe(true);
  });

  it.each<[string, Step, Pipeline, string[]]>([
    ['by `enter`', { enter: bug }, transport(), ['a in', 'b in', 'a failed']],
    ['by `leave`', { leave: bug }, transport(), ['a in', 'b in', 'b out', 'a failed']],
    ['by the transport', {}, transport(bug), ['a in', 'b in', 'b failed', 'a failed']],
    [
      'by the transport, later',
      {},
      transport(() => Promise.reject(new Error('bug'))),
      ['a in', 'b in', 'b failed', 'a failed'],
    ],
  ])('calls `failed` of the entered steps after an error thrown %s', async (_, step, inner, expected) => {
    const heard: string[] = [];
    const ends: unknown[] = [];
    const pipeline = compilePipeline([recorder(heard, 'a'), recorder(heard, 'b', step)], inner, {
      complete: () => ends.push('ended'),
      fail: (_call, error) => ends.push(error),
    });
    const ended = execute(pipeline);
    await expect(ended).rejects.toThrow('bug');
    expect(heard).toEqual(expected);
    expect(ends).toEqual([await ended.catch((error: unknown) => error)]);
  });

  it('waits for a step that enters or leaves asynchronously', async () => {
    const heard: string[] = [];
    const wait = (): Promise<void> => Promise.resolve().then(() => void heard.push('waited'));
    const slow = recorder(heard, 'slow', {
      enter: (execution) => execution.proceedAfter(wait()),
      leave: (execution, outcome) => execution.completeWith(wait().then(() => outcome)),
    });
    await expect(execute(compilePipeline([recorder(heard, 'a'), slow], transport(), arrives))).resolves.toBe(VALUE);
    expect(heard).toEqual(['a in', 'slow in', 'waited', 'slow out', 'waited', 'a out']);
  });

  it('fails after a rejected wait, without the step that waited', async () => {
    const heard: string[] = [];
    const wait = (): Promise<never> => Promise.reject(new Error('bug'));
    const slow = recorder(heard, 'slow', { enter: (execution) => execution.proceedAfter(wait()) });
    await expect(execute(compilePipeline([recorder(heard, 'a'), slow], transport(), arrives))).rejects.toThrow('bug');
    expect(heard).toEqual(['a in', 'slow in', 'a failed']);
  });

  it('runs the inner steps as often as a step requests, and completes once', async () => {
    const heard: string[] = [];
    const twice: Step = {
      leave: (execution) => execution.completeWith(execution.next(CALL).then(() => execution.next(CALL))),
    };
    let ends = 0;
    const pipeline = compilePipeline([recorder(heard, 'a'), twice, recorder(heard, 'b')], transport(), {
      complete: () => ++ends,
      fail: bug,
    });
    await execute(pipeline);
    expect(heard).toEqual(['a in', 'b in', 'b out', 'b in', 'b out', 'b in', 'b out', 'a out']);
    expect(ends).toBe(1);
  });

  it('makes an outcome of an error of the transport, if the pipeline has `caught`', async () => {
    const heard: string[] = [];
    const caught = (error: unknown): Outcome => failed(error, 'unknown');
    const pipeline = compilePipeline([recorder(heard, 'a')], { ...transport(bug), caught }, arrives);
    await expect(execute(pipeline)).resolves.toMatchObject({ message: 'bug' });
    expect(heard).toEqual(['a in', 'a out']);
  });
});

describe('a custom policy in a pipeline', () => {
  it('runs at its place between built-in steps', async () => {
    const heard: string[] = [];
    const pipeline = compilePipeline(
      [
        recorder(heard, 'a'),
        async (call, next) => {
          heard.push('custom in');
          const outcome = await next(call);
          heard.push('custom out');
          return outcome;
        },
        recorder(heard, 'b'),
      ],
      transport(),
      arrives,
    );
    await expect(execute(pipeline)).resolves.toBe(VALUE);
    expect(heard).toEqual(['a in', 'custom in', 'b in', 'b out', 'custom out', 'a out']);
  });

  it('fails the outer steps when it throws, and gets one execution for each use of `next`', async () => {
    const heard: string[] = [];
    const faulty = compilePipeline([recorder(heard, 'a'), bug, recorder(heard, 'b')], transport(), arrives);
    await expect(execute(faulty)).rejects.toThrow('bug');
    expect(heard).toEqual(['a in', 'a failed']);
    const executions = new Set<Execution>();
    const step: Step = { enter: (execution) => void executions.add(execution) };
    const hedge = compilePipeline([(call, next) => Promise.race([next(call), next(call)]), step], transport(), arrives);
    await expect(execute(hedge)).resolves.toBe(VALUE);
    expect(executions.size).toBe(2);
  });
});
