// A Node service that uses every package. The rehearsal compiles it without `skipLibCheck`.
import { createHoldline, holdlineOf, isHoldlineError, withCall, type HoldlineConfig } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { adapterContract, policyContract } from '@holdline/adapter-kit';
import { generateFlow, lintFlow, readFlow, type Flow } from '@holdline/architect';
import { amazonConnect, guardAws } from '@holdline/aws';
import { guardAxios } from '@holdline/axios';
import { bottleneck } from '@holdline/bottleneck';
import { createProject } from '@holdline/create-adapter';
import { cxone, guardCxone } from '@holdline/cxone';
import { dashboard, type Dashboard } from '@holdline/dashboard';
import { guardFetch } from '@holdline/fetch';
import { haproxyConfig, nginxConfig, type GatewayFiles } from '@holdline/gateway';
import { clientCredentials, genesysCloud, guardGenesys } from '@holdline/genesys';
import { guardStreaming } from '@holdline/genesys-streaming';
import { httpCacheRules } from '@holdline/http-cache';
import { eventBridge, inbox, type Inbox } from '@holdline/inbox';
import { alerts, monitor, type Alert } from '@holdline/monitor';
import { record } from '@holdline/monitor/node';
import { attempt, opossum } from '@holdline/opossum';
import { redisStore } from '@holdline/redis';
import { startSimulator } from '@holdline/simulator';
import { telemetry } from '@holdline/telemetry';
import { guardTwilio, twilioPlatform } from '@holdline/twilio';
import { guardUndici, holdlineInterceptor } from '@holdline/undici';
import { framesOf, guardWebSocket } from '@holdline/websocket';
import { createProgram, simulate } from 'holdline';

const config: HoldlineConfig = {
  governor: { quotas: [{ limit: 300, windowMs: 60_000 }] },
  retry: 'batch',
  endpoints: { 'POST /reports/**': { breaker: false } },
};

export async function serve(): Promise<number> {
  const line = createHoldline({ ...config, clock: new VirtualClock() });
  line.on('gateClosed', ({ scope, retryAt }) => console.log(scope, retryAt));
  const api = guardFetch(fetch, line);
  const { url, stop } = await startSimulator({ platform: 'genesys' });
  try {
    const response = await withCall({ tenant: 'acme', totalTimeoutMs: 5_000 }, () => api(url));
    return response.status;
  } catch (error) {
    if (isHoldlineError(error)) return error.attempts;
    throw error;
  } finally {
    await stop();
  }
}

export const preset = genesysCloud({
  token: { grant: clientCredentials({ clientId: 'id', clientSecret: 'secret', environment: 'mypurecloud.ie' }) },
  store: redisStore({ url: 'redis://127.0.0.1' }),
});

const store = redisStore({ url: 'redis://127.0.0.1' });
export const events: Inbox = inbox({
  store,
  verify: eventBridge({ secret: 'secret' }),
  handle: ({ event }) => console.log(event.id),
});

export async function watch(): Promise<Dashboard> {
  const line = createHoldline(config);
  telemetry(line, { tenants: true });
  record(line, { file: 'run.jsonl' });
  const watched = monitor(line);
  watched.on('alertRaised', ({ text, severity }: Alert) => console.log(severity, text));
  return dashboard(watched, { port: 0 });
}

export function plan(text: string): GatewayFiles {
  const flow: Flow = readFlow(text, { file: 'flow.yaml' });
  for (const { rule, message } of lintFlow(flow)) console.log(rule, message);
  return nginxConfig(genesysCloud(), { platform: 'https://api.mypurecloud.com' });
}

export const others = [
  ...[guardAxios, guardCxone, guardGenesys, guardStreaming, guardWebSocket, framesOf, holdlineOf],
  ...[
    adapterContract,
    createProject,
    generateFlow,
    haproxyConfig,
    guardAws,
    guardTwilio,
    guardUndici,
    holdlineInterceptor,
    policyContract,
  ],
  ...[
    alerts,
    amazonConnect,
    attempt,
    bottleneck,
    createProgram,
    cxone,
    httpCacheRules,
    opossum,
    simulate,
    twilioPlatform,
  ],
];
