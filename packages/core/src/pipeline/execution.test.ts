import { describe, expect, it } from 'vitest';
import type { Call } from '../call/call.js';
import { answered, failed, type Outcome } from '../contract/outcome.js';
import { compile, Passage, type Destination, type Step, type Way } from './execution.js';

const VALUE = { status: 200 };
const OK = answered(VALUE, { status: 200, header: () => undefined });
const CALL = {} as Call;
const arrives: Destination = { ended: (_, { value }) => value, failed: () => undefined };
const transport = (send: () => Promise<Outcome> = () => Promise.resolve(OK)): Way => ({
  steps: [],
  nexts: [],
  inner: send,
});

/** Writes down what comes past. */
const scribe = (heard: string[], name: string, more: Step = {}): Step => ({
  enter: (passage) => (heard.push(`${name} in`), more.enter?.(passage)),
  leave: (passage, outcome) => (heard.push(`${name} out`), more.leave?.(passage, outcome)),
  failed: () => void heard.push(`${name} failed`),
});
const bug = (): never => {
  throw new Error('bug');
};
const go = (way: Way): Promise<unknown> => new Passage(CALL, way).goOn();

describe('a passage', () => {
  it('goes in through all steps and out again', async () => {
    const heard: string[] = [];
    const way = compile([scribe(heard, 'a'), scribe(heard, 'b')], transport(), arrives);
    await expect(go(way)).resolves.toBe(VALUE);
    expect(heard).toEqual(['a in', 'b in', 'b out', 'a out']);
  });

  it('is at the transport in the tick in which it began', () => {
    let sent = false;
    void go(
      compile(
        [scribe([], 'a')],
        transport(() => ((sent = true), Promise.resolve(OK))),
        arrives,
      ),
    );
    expect(sent).toBe(true);
  });

  it.each<[string, Step, Way, string[]]>([
    ['on the way in', { enter: bug }, transport(), ['a in', 'b in', 'a failed']],
    ['on the way out', { leave: bug }, transport(), ['a in', 'b in', 'b out', 'a failed']],
    ['below', {}, transport(bug), ['a in', 'b in', 'b failed', 'a failed']],
    ['below, later', {}, transport(() => Promise.reject(new Error('bug'))), ['a in', 'b in', 'b failed', 'a failed']],
  ])('fails through those that it has entered when something is thrown %s', async (_, step, inner, expected) => {
    const heard: string[] = [];
    const ends: unknown[] = [];
    const way = compile([scribe(heard, 'a'), scribe(heard, 'b', step)], inner, {
      ended: () => ends.push('ended'),
      failed: (_call, error) => ends.push(error),
    });
    const ended = go(way);
    await expect(ended).rejects.toThrow('bug');
    expect(heard).toEqual(expected);
    expect(ends).toEqual([await ended.catch((error: unknown) => error)]);
  });

  it('waits where a step says so, on the way in and out', async () => {
    const heard: string[] = [];
    const wait = (): Promise<void> => Promise.resolve().then(() => void heard.push('waited'));
    const slow = scribe(heard, 'slow', {
      enter: (passage) => passage.goOnAfter(wait()),
      leave: (passage, outcome) => passage.leaveWith(wait().then(() => outcome)),
    });
    await expect(go(compile([scribe(heard, 'a'), slow], transport(), arrives))).resolves.toBe(VALUE);
    expect(heard).toEqual(['a in', 'slow in', 'waited', 'slow out', 'waited', 'a out']);
  });

  it('fails where a wait does, without the step that waited', async () => {
    const heard: string[] = [];
    const wait = (): Promise<never> => Promise.reject(new Error('bug'));
    const slow = scribe(heard, 'slow', { enter: (passage) => passage.goOnAfter(wait()) });
    await expect(go(compile([scribe(heard, 'a'), slow], transport(), arrives))).rejects.toThrow('bug');
    expect(heard).toEqual(['a in', 'slow in', 'a failed']);
  });

  it('repeats what is inside of a step as often as that likes, and arrives once', async () => {
    const heard: string[] = [];
    const twice: Step = { leave: (passage) => passage.leaveWith(passage.next(CALL).then(() => passage.next(CALL))) };
    let ends = 0;
    const way = compile([scribe(heard, 'a'), twice, scribe(heard, 'b')], transport(), {
      ended: () => ++ends,
      failed: bug,
    });
    await go(way);
    expect(heard).toEqual(['a in', 'b in', 'b out', 'b in', 'b out', 'b in', 'b out', 'a out']);
    expect(ends).toBe(1);
  });

  it('takes what the transport throws for an outcome, where the way says so', async () => {
    const heard: string[] = [];
    const caught = (error: unknown): Outcome => failed(error, 'unknown');
    const way = compile([scribe(heard, 'a')], { ...transport(bug), caught }, arrives);
    await expect(go(way)).resolves.toMatchObject({ message: 'bug' });
    expect(heard).toEqual(['a in', 'a out']);
  });
});

describe('a policy that is not ours on the way', () => {
  it('stands where it was put, between steps that know nothing of it', async () => {
    const heard: string[] = [];
    const way = compile(
      [
        scribe(heard, 'a'),
        async (call, next) => {
          heard.push('theirs in');
          const outcome = await next(call);
          heard.push('theirs out');
          return outcome;
        },
        scribe(heard, 'b'),
      ],
      transport(),
      arrives,
    );
    await expect(go(way)).resolves.toBe(VALUE);
    expect(heard).toEqual(['a in', 'theirs in', 'b in', 'b out', 'theirs out', 'a out']);
  });

  it('that throws fails those outside of it; that makes two calls of one has two passages', async () => {
    const heard: string[] = [];
    const faulty = compile([scribe(heard, 'a'), bug, scribe(heard, 'b')], transport(), arrives);
    await expect(go(faulty)).rejects.toThrow('bug');
    expect(heard).toEqual(['a in', 'a failed']);
    const permits = new Set<Passage>();
    const step: Step = { enter: (passage) => void permits.add(passage) };
    const hedge = compile([(call, next) => Promise.race([next(call), next(call)]), step], transport(), arrives);
    await expect(go(hedge)).resolves.toBe(VALUE);
    expect(permits.size).toBe(2);
  });
});
