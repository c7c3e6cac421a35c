// One agent session on the real SDK of NICE CXone, bare or guarded.
import { holdlineOf, withCall } from '@holdline/core';
import { guardCxone } from '@holdline/cxone';
import { CXoneAuth } from '@nice-devone/auth-sdk';
import { ACDSessionManager, AdminService, HttpClient, LoadWorker } from '@nice-devone/core-sdk';

// The SDK logs everything, including complete error responses.
for (const level of ['log', 'info', 'warn', 'error', 'debug']) console[level] = () => undefined;

globalThis.startSession = async ({ url, accessKey, guarded, quota }) => {
  const auth = CXoneAuth.instance;
  let token;
  const logIn = async () => {
    const answer = await fetch(`${url}/authentication/v1/token/access-key`, {
      method: 'POST',
      body: JSON.stringify(accessKey),
    });
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = await answer.json();
    token = { accessToken, refreshToken, expiresIn, accessTokenTime: Date.now() };
  };
  await logIn();
  if (guarded) {
    auth.init({ cxoneHostname: url, clientId: 'desk@acme' });
    await auth.getOpenIDConfiguration(url);
    auth.setAuthToken(token);
    // The one line. It names the quota, because the vendor documents none for these routes.
    guardCxone(
      { HttpClient, CXoneAuth, LoadWorker, ACDSessionManager, AdminService, origins: [url] },
      { governor: { quotas: [quota] } },
    );
  }
  const request = (body) => {
    const { accessToken } = guarded ? auth.getAuthToken() : token;
    return { headers: [{ name: 'Authorization', value: `Bearer ${accessToken}` }], ...(body && { body }) };
  };
  const api = (path) => `${url}/incontactapi/services/v23.0${path}`;
  const get = async (path) => (await HttpClient.get(api(path), request())).data;
  const post = async (path, body) => (await HttpClient.post(api(path), request(body))).data;
  const { sessionId } = await post('/agent-sessions', { stationPhoneNumber: '4711' });

  const formatTime = (date) =>
    new Date(date).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
  return {
    line: holdlineOf(HttpClient),
    me: async () => {
      const { agents } = await get('/agents/7');
      return { name: `${agents[0].firstName} ${agents[0].lastName}` };
    },
    presences: async () => {
      const { unavailableCodes } = await get('/teams/1/unavailable-codes');
      return ['Available', ...unavailableCodes.map(({ outStateName }) => outStateName)].map((name) => ({ name }));
    },
    items: async () => {
      const { resultSet } = await get('/agents/7/scheduled-callbacks');
      return resultSet.callbacks.map(({ id, firstName, lastName }) => ({ id, name: `${firstName} ${lastName}` }));
    },
    // The agent waits for this call.
    setPresence: ({ name }) => {
      const state = name === 'Available' ? { state: name } : { state: 'Unavailable', reason: name };
      return withCall({ priority: 'high' }, () => post(`/agent-sessions/${sessionId}/state`, state));
    },
    // Nobody waits for this call.
    read: async ({ id }) => {
      const { scheduleDate } = await withCall({ priority: 'background' }, () => get(`/scheduled-callbacks/${id}`));
      return formatTime(scheduleDate);
    },
    /** Logs in again after the first failed call, as applications do without Holdline. */
    failed: (error) => (!guarded && error?.data?.status === 401 ? logIn() : undefined),
  };
};
