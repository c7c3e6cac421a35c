import { holdlineOf, release } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { requestOptions } from './guarded-client.fixture.js';
import { guardStreaming, guardWebrtc } from './index.js';
import type { HttpLike, WebrtcSdkLike } from './sdk.js';
import { fakeClient } from './streaming-client.fixture.js';

describe('the WebRTC SDK', () => {
  function fakeSdk() {
    const { client } = fakeClient();
    const sdk: WebrtcSdkLike = {
      _config: { accessToken: 't1', environment: 'mypurecloud.com' },
      _http: client.http as HttpLike,
      _streamingConnection: null,
      disconnect: () => Promise.resolve(),
      setAccessToken(token) {
        this._config.accessToken = token;
      },
    };
    return sdk;
  }

  it('guards each new streaming client on its line until the release', () => {
    const sdk = guardWebrtc(fakeSdk());
    const line = holdlineOf(sdk);
    const [first, second, third] = [fakeClient().client, fakeClient().client, fakeClient().client];
    sdk._streamingConnection = first;
    expect(holdlineOf(first)).toBe(line);
    sdk._streamingConnection = second;
    expect([holdlineOf(first), holdlineOf(second)]).toEqual([undefined, line]);
    release(sdk);
    expect(holdlineOf(second)).toBeUndefined();
    expect(Object.getOwnPropertyDescriptor(sdk, '_streamingConnection')).toEqual({
      value: second,
      writable: true,
      enumerable: true,
      configurable: true,
    });
    sdk._streamingConnection = third;
    expect(holdlineOf(third)).toBeUndefined();
  });

  it('does not touch a client that the user has guarded', () => {
    const sdk = fakeSdk();
    const { client } = fakeClient();
    guardStreaming(client);
    const own = holdlineOf(client);
    sdk._streamingConnection = client;
    guardWebrtc(sdk);
    release(sdk);
    expect(holdlineOf(client)).toBe(own);
  });

  it('gets a new token together with its streaming client', async () => {
    const grant = () => Promise.resolve({ accessToken: 't2' });
    const sdk = guardWebrtc(fakeSdk(), { token: { grant } });
    const { client, answers } = fakeClient();
    sdk._streamingConnection = client;
    answers.push(401);
    await client.http.requestApi('users/me', requestOptions());
    expect([sdk._config.accessToken, client.config.authToken]).toEqual(['t2', 't2']);
  });
});
