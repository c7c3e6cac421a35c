import { describe, expect, test } from 'vitest';
import { callInfo, noteInfo } from '../call/call-info.js';
import type { CallInfo } from '../contract/call.js';
import { DeadlineError } from '../contract/errors.js';
import { SdkMethodTracker } from './sdk-method-tracker.js';

const info = (attempts: number): CallInfo => ({ attempts }) as CallInfo;

/** A request whose end the line knows. */
async function request(end: object, attempts: number): Promise<object> {
  await Promise.resolve();
  noteInfo(end, info(attempts));
  if (end instanceof Error) throw end;
  return end;
}

describe('SdkMethodTracker', () => {
  test('the info of the request belongs to the result of the method and to its promise', async () => {
    const tracker = new SdkMethodTracker();
    const body = { of: 'the answer' };
    const ended = tracker.runMethod(() => tracker.trackRequest(request({}, 2)).then(() => body));
    expect(await ended).toBe(body);
    expect([callInfo(body), callInfo(ended)]).toEqual([info(2), info(2)]);
  });

  test('an error that the SDK replaces by undefined leaves its info with the promise', async () => {
    const tracker = new SdkMethodTracker();
    const ended = tracker.runMethod(() =>
      tracker.trackRequest(request(new Error('native'), 3)).catch(() => Promise.reject(undefined)),
    );
    await expect(ended).rejects.toBeUndefined();
    expect(callInfo(ended)).toEqual(info(3));
  });

  test('a HoldlineError of the request replaces the error of the SDK, and no other error does', async () => {
    const tracker = new SdkMethodTracker();
    const refusal = new DeadlineError('too late', { route: 'GET /x', attempts: 0, waitedMs: 0 });
    const run = (end: Error): Promise<unknown> =>
      tracker
        .runMethod(() => tracker.trackRequest(request(end, 1)).catch(() => Promise.reject(new Error('of the SDK'))))
        .catch((error: unknown) => error);
    expect(await run(refusal)).toBe(refusal);
    expect(await run(new Error('native'))).toMatchObject({ message: 'of the SDK' });
  });

  test('each method has its own request, even if one method calls another', async () => {
    const tracker = new SdkMethodTracker();
    const inner = { name: 'inner' };
    const outer = { name: 'outer' };
    let nested: Promise<unknown> | undefined;
    const ended = tracker.runMethod(() => {
      nested = tracker.runMethod(() => tracker.trackRequest(request({}, 1)).then(() => inner));
      return tracker.trackRequest(request({}, 2)).then(() => outer);
    });
    await Promise.all([ended, nested]);
    expect([callInfo(inner), callInfo(outer)]).toEqual([info(1), info(2)]);
  });

  test('a request after the return of the method belongs to no method', async () => {
    const tracker = new SdkMethodTracker();
    const body = {};
    await tracker.runMethod(async () => {
      await Promise.resolve();
      await tracker.trackRequest(request({}, 1));
      return body;
    });
    expect(callInfo(body)).toBeUndefined();
  });

  test('a method that throws at once leaves no frame behind', async () => {
    const tracker = new SdkMethodTracker();
    const thrown = new Error('at once');
    const fail = (): never => {
      throw thrown;
    };
    expect(() => tracker.runMethod(fail)).toThrow(thrown);
    const end = {};
    expect(await tracker.trackRequest(request(end, 1))).toBe(end);
  });
});
