import { describe, expect, it } from 'vitest';
import { Cancellation, type CancelListener } from './cancellation.js';

/** A listener that records its calls, and then calls `also`. */
function listener(heard: unknown[], name: string, also: () => void = () => undefined): CancelListener {
  return {
    onCancelled(reason) {
      heard.push([name, reason]);
      also();
    },
  };
}

describe('a cancellation', () => {
  it('calls every listener once with its reason, but no removed listener', () => {
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
    expect([cancellation.cancelled, cancellation.reason, cancellation.hasListeners]).toEqual([true, 'enough', false]);
  });

  it('knows whether it has listeners, for any order of removal', () => {
    const cancellation = new Cancellation();
    const [a, b] = [listener([], 'a'), listener([], 'b')];
    const states = [cancellation.hasListeners];
    cancellation.listen(a);
    cancellation.listen(b);
    for (const one of [a, a, b]) {
      cancellation.unlisten(one);
      states.push(cancellation.hasListeners);
    }
    expect(states).toEqual([false, true, true, false]);
  });

  it('does not call a listener that another listener has just removed', () => {
    const cancellation = new Cancellation();
    const heard: unknown[] = [];
    const second = listener(heard, 'second');
    cancellation.listen(listener(heard, 'first', () => cancellation.unlisten(second)));
    cancellation.listen(second);
    cancellation.cancel(1);
    expect(heard).toEqual([['first', 1]]);
  });

  it('accepts functions, and removes them by undo', () => {
    const cancellation = new Cancellation();
    const heard: unknown[] = [];
    cancellation.onCancel((reason) => heard.push(reason));
    cancellation.onCancel(() => heard.push('undone'))();
    cancellation.cancel('enough');
    expect(heard).toEqual(['enough']);
  });

  it('aborts its native signal before it calls listeners', () => {
    const cancellation = new Cancellation();
    const { signal } = cancellation;
    let aborted: boolean | undefined;
    cancellation.onCancel(() => (aborted = signal.aborted));
    cancellation.cancel('enough');
    expect([aborted, signal.reason]).toEqual([true, 'enough']);
  });
});
