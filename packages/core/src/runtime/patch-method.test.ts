import { describe, expect, it } from 'vitest';
import { patchMethod } from '../index.js';

describe('patchMethod', () => {
  class Base {
    name = 'base';
    hello(): string {
      return `hello ${this.name}`;
    }
  }

  it('replaces an inherited method, and the undo makes it inherited again', () => {
    const target = new Base();
    const before = Object.getOwnPropertyDescriptors(target);
    const restore = patchMethod(
      target,
      'hello',
      (original) =>
        function (this: Base) {
          return `${original.call(this)}!`;
        },
    );
    expect(target.hello()).toBe('hello base!');
    expect(Object.keys(target)).toEqual(['name']);
    restore();
    expect(Object.getOwnPropertyDescriptors(target)).toEqual(before);
    expect(target.hello()).toBe('hello base');
  });

  it('restores an own property with its attributes', () => {
    const own = (): string => 'own';
    const target = Object.defineProperty(new Base(), 'hello', {
      value: own,
      enumerable: false,
      writable: false,
      configurable: true,
    });
    const before = Object.getOwnPropertyDescriptor(target, 'hello');
    const restore = patchMethod(target, 'hello', () => () => 'ours');
    expect(target.hello()).toBe('ours');
    restore();
    expect(Object.getOwnPropertyDescriptor(target, 'hello')).toEqual(before);
  });

  it('keeps a later wrapper of other code, and then only calls the original', () => {
    const target = new Base();
    const restore = patchMethod(target, 'hello', () => () => 'ours');
    const ours = target.hello.bind(target);
    target.hello = () => `theirs over ${ours()}`;
    expect(target.hello()).toBe('theirs over ours');
    restore();
    expect(target.hello()).toBe('theirs over hello base');
  });

  it('calls a method of a prototype with the `this` of each instance', () => {
    const restore = patchMethod(
      Base.prototype,
      'hello',
      (original) =>
        function (this: Base) {
          return original.call(this).toUpperCase();
        },
    );
    const other = new Base();
    other.name = 'other';
    expect([new Base().hello(), other.hello()]).toEqual(['HELLO BASE', 'HELLO OTHER']);
    restore();
    expect(other.hello()).toBe('hello other');
  });
});
