import { describe, expect, it } from 'vitest';
import { shadow } from '../index.js';

describe('shadow', () => {
  class Base {
    name = 'base';
    hello(): string {
      return `hello ${this.name}`;
    }
  }

  it('replaces an inherited function, and the release makes it inherited again', () => {
    const target = new Base();
    const before = Object.getOwnPropertyDescriptors(target);
    const restore = shadow(
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

  it('puts an own property back as it was, with its attributes', () => {
    const own = (): string => 'own';
    const target = Object.defineProperty(new Base(), 'hello', {
      value: own,
      enumerable: false,
      writable: false,
      configurable: true,
    });
    const before = Object.getOwnPropertyDescriptor(target, 'hello');
    const restore = shadow(target, 'hello', () => () => 'ours');
    expect(target.hello()).toBe('ours');
    restore();
    expect(Object.getOwnPropertyDescriptor(target, 'hello')).toEqual(before);
  });

  it('where somebody has wrapped it since, theirs stays and ours passes on', () => {
    const target = new Base();
    const restore = shadow(target, 'hello', () => () => 'ours');
    const ours = target.hello.bind(target);
    target.hello = () => `theirs over ${ours()}`;
    expect(target.hello()).toBe('theirs over ours');
    restore();
    expect(target.hello()).toBe('theirs over hello base');
  });

  it('on a prototype it serves each instance with its own this', () => {
    const restore = shadow(
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
