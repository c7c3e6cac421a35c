import { release } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { guardStreaming } from './index.js';
import { fakeClient } from './streaming-client.fixture.js';

describe('release', () => {
  it('restores the client exactly', () => {
    const { client } = fakeClient();
    const shape = () =>
      [client, client.http, client.connectionManager].map((part) => Object.getOwnPropertyDescriptors(part));
    const before = shape();
    guardStreaming(client);
    expect(shape()).not.toEqual(before);
    release(client);
    expect(shape()).toEqual(before);
  });
});
