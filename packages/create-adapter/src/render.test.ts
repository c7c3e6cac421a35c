import { expect, it } from 'vitest';
import { escapeMarkdown, render } from './render.js';

it('replaces each value once, so that a value may look like a placeholder', () => {
  expect(render('$a$ and $b$, ${a}, $5', { a: '$b$', b: '$&$a$' })).toBe('$b$ and $&$a$, ${a}, $5');
});

it('refuses a template that names an unknown value', () => {
  expect(() => render('$nothing$', { a: '' })).toThrow('$nothing$');
  expect(() => render('$constructor$', { a: '' })).toThrow('$constructor$');
});

it('writes texts so that Markdown shows them as they are', () => {
  expect(escapeMarkdown('Plain, with (brackets) and 1. a number!')).toBe('Plain, with (brackets) and 1. a number!');
  expect(escapeMarkdown('a_b *c* <d> `e` [f](g)')).toBe('a&#95;b &#42;c&#42; &#60;d&#62; &#96;e&#96; &#91;f&#93;(g)');
  expect(escapeMarkdown('# title')).toBe('&#35; title');
  expect(escapeMarkdown('1. first')).toBe('&#49;. first');
  expect(escapeMarkdown('- item')).toBe('&#45; item');
});
