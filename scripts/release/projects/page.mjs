// A page with every package that runs in a browser. The rehearsal bundles it, runs the bundle, and compiles it with DOM types only.
import axios from 'axios';
import { callInfo, createHoldline, holdlineOf } from '@holdline/core';
import { tabStore } from '@holdline/core/browser';
import { guardAxios } from '@holdline/axios';
import { guardCxone } from '@holdline/cxone';
import { guardFetch } from '@holdline/fetch';
import { clientCredentials, genesysCloud, guardGenesys } from '@holdline/genesys';
import { guardStreaming } from '@holdline/genesys-streaming';
import { guardWebSocket } from '@holdline/websocket';

/**
 * Makes a call with each client on one line. Returns the attempts of each.
 * @param {string} url
 */
export async function main(url) {
  const grant = clientCredentials({ clientId: 'id', clientSecret: 'secret', loginUrl: url });
  const line = createHoldline(genesysCloud({ token: { grant } }));
  const api = guardAxios(axios.create({ baseURL: url }), line);
  const get = guardFetch(fetch, { line, origins: [url] });
  const answers = [await api.get('/api/v2/users/me'), await get(`${url}/api/v2/users/me`)];
  const isShared = holdlineOf(api) === line && holdlineOf(get) === line;
  await line.close();
  return { isShared, attempts: answers.map((answer) => callInfo(answer)?.attempts) };
}

export const others = [guardCxone, guardGenesys, guardStreaming, guardWebSocket, tabStore];
