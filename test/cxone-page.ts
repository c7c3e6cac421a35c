import { callInfo, holdlineOf, type HoldlineConfig } from '@holdline/core';
import { guardCxone } from '@holdline/cxone';
import { CXoneAuth } from '@nice-devone/auth-sdk';
import { ACDSessionManager, GetNextEventProvider, HttpClient, LoadWorker } from '@nice-devone/core-sdk';

/** Signs in at a simulator, starts an agent session, and guards the SDK unless `guarded` is false. */
export async function start(api: string, guarded: HoldlineConfig | false): Promise<string> {
  const ask = async (path: string, init: RequestInit): Promise<Record<string, string>> =>
    (await fetch(api + path, { method: 'POST', ...init })).json() as Promise<Record<string, string>>;
  const { access_token: accessToken, refresh_token: refreshToken } = await ask('/authentication/v1/token/access-key', {
    body: JSON.stringify({ accessKeyId: 'key@acme', accessKeySecret: 'any' }),
  });
  const { sessionId = '' } = await ask('/incontactapi/services/v23.0/agent-sessions', {
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  const auth = CXoneAuth.instance;
  auth.init({ cxoneHostname: api, clientId: 'page@acme' } as never);
  await auth.getOpenIDConfiguration(api);
  auth.setAuthToken({ accessToken, refreshToken, expiresIn: 3_600, accessTokenTime: Date.now() } as never);
  if (guarded === false) return sessionId;
  guardCxone({ HttpClient, CXoneAuth, LoadWorker, ACDSessionManager, origins: [api] }, guarded);
  lineOf().on('attempt', ({ route }) => void attempts.push(route));
  return sessionId;
}

/** Routes of all attempts of the line. */
export const attempts: string[] = [];
/** Results that the SDK reports for the events of the session. */
export const events: unknown[] = [];

const lineOf = () => {
  const line = holdlineOf(HttpClient);
  if (!line) throw new Error('the SDK is not guarded');
  return line;
};

/** Starts the worker of the SDK, which polls for the events of a session. */
export function poll(api: string, sessionId: string): void {
  const session = ACDSessionManager.instance;
  session.setAccessToken(CXoneAuth.instance.getAuthToken().accessToken);
  (session as unknown as { cxOneConfig: object }).cxOneConfig = { acdApiBaseUri: api };
  session.onGetNextEvent.subscribe((event) => void events.push(event));
  const provider = GetNextEventProvider.instance;
  provider.startGetNextEvents(sessionId);
  const { getNextPollingWorker: worker } = provider as unknown as { getNextPollingWorker: Worker };
  worker.addEventListener('message', ({ data }) => void heard.push(data));
}

export function stopPolling(): void {
  GetNextEventProvider.instance.terminateUtilWorker();
}

/** Messages that the SDK in the page receives from the polling worker. */
export const heard: unknown[] = [];

/** Counts the calls, queued calls, requests in flight and slots that are left. */
export function left(): { calls: number; queued: number; inFlight: number; slots: number } {
  const { calls, queued, inFlight, scopes } = lineOf().snapshot();
  return { calls, queued, inFlight, slots: scopes.reduce((sum, scope) => sum + scope.inFlight, 0) };
}

export async function get(url: string): Promise<{ status: number; attempts: number | undefined }> {
  const value = `Bearer ${CXoneAuth.instance.getAuthToken().accessToken}`;
  const response = await HttpClient.get(url, { headers: [{ name: 'Authorization', value }] } as never);
  return { status: (response as { status: number }).status, attempts: callInfo(response)?.attempts };
}
