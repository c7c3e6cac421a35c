import { describe, expect, it } from 'vitest';
import { JsonText } from './answer.js';
import { renderAnswer } from './write-answer.js';

describe('renderAnswer', () => {
  it('prefers the headers of the answer, whatever their case', () => {
    const answer = { status: 200, headers: { 'content-type': 'text/html', date: 'x', 'X-New': '1' }, body: '<p>' };
    expect(renderAnswer(answer, { Date: 'now', Server: 's' })).toEqual({
      status: 200,
      headers: { Server: 's', 'Content-Length': '3', 'content-type': 'text/html', date: 'x', 'X-New': '1' },
      payload: '<p>',
    });
  });

  it('counts the length in bytes, and sends JSON that is text already unchanged', () => {
    const text = '{"name": "Zoë"}';
    const { headers, payload } = renderAnswer({ status: 200, body: new JsonText(text) }, {});
    expect([headers, payload]).toEqual([{ 'Content-Type': 'application/json', 'Content-Length': '16' }, text]);
    expect(JSON.stringify({ body: new JsonText(text) })).toBe('{"body":{"name":"Zoë"}}');
  });

  it.each([204, 304])('has no length with the status %d', (status) => {
    expect(renderAnswer({ status, body: {} }, {})).toEqual({ status, headers: {}, payload: undefined });
  });
});
