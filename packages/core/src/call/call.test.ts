import { describe, expect, it } from 'vitest';
import { Cancellation, type CancelListener } from '../contract/cancellation.js';

/** Writes down what it hears, and does something about it. */
function listener(heard: unknown[], name: string, also: () => void = () => undefined): CancelListener {
  return {
    onCancelled(reason) {
      heard.push([name, reason]);
      also();
    },
  };
}

describe('a cancellation', () => {
  it('tells every listener once, with its reason, and none that has gone', () => {
    const cancellation = new Cancellation();
    const heard: unknown[] = [];
    const [a, b, c] = ['a', 'b', 'c'].map((name) => listener(heard, name)) as [
      CancelListener,
      CancelListener,
      CancelListener,
    ];
    for (const one of [a, b, c]) cancellation.listen(one);
    cancellation.unlisten(b);
    cancellation.cancel('enough');
    cancellation.cancel('again');
    expect(heard).toEqual([
      ['a', 'enough'],
      ['c', 'enough'],
    ]);
    expect([cancellation.cancelled, cancellation.reason, cancellation.isHeard]).toEqual([true, 'enough', false]);
  });

  it('knows whether anybody listens, whoever went first', () => {
    const cancellation = new Cancellation();
    const [a, b] = [listener([], 'a'), listener([], 'b')];
    const states = [cancellation.isHeard];
    cancellation.listen(a);
    cancellation.listen(b);
    for (const one of [a, a, b]) {
      cancellation.unlisten(one);
      states.push(cancellation.isHeard);
    }
    expect(states).toEqual([false, true, true, false]);
  });

  it('does not tell a listener that another one has taken off just now', () => {
    const cancellation = new Cancellation();
    const heard: unknown[] = [];
    const second = listener(heard, 'second');
    cancellation.listen(listener(heard, 'first', () => cancellation.unlisten(second)));
    cancellation.listen(second);
    cancellation.cancel(1);
    expect(heard).toEqual([['first', 1]]);
  });

  it('takes functions too, and undoes them', () => {
    const cancellation = new Cancellation();
    const heard: unknown[] = [];
    cancellation.onCancel((reason) => heard.push(reason));
    cancellation.onCancel(() => heard.push('undone'))();
    cancellation.cancel('enough');
    expect(heard).toEqual(['enough']);
  });

  it('has aborted its native signal before it tells anybody', () => {
    const cancellation = new Cancellation();
    const { signal } = cancellation;
    let aborted: boolean | undefined;
    cancellation.onCancel(() => (aborted = signal.aborted));
    cancellation.cancel('enough');
    expect([aborted, signal.reason]).toEqual([true, 'enough']);
  });
});
