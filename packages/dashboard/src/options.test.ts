import { inspect } from 'node:util';
import { ConfigError, secret } from '@holdline/core';
import { expect, it } from 'vitest';
import { lineWith, serve } from './dashboard.fixture.js';
import { dashboard } from './dashboard.js';
import { checkDashboardOptions, type DashboardOptions } from './options.js';

const TOKEN = 'a-token-of-the-dashboard';

it('the defaults listen on this machine only', () => {
  expect(checkDashboardOptions({})).toMatchObject({
    port: 4653,
    host: '127.0.0.1',
    token: undefined,
    historyFile: undefined,
  });
});

it.each<[DashboardOptions, string]>([
  [{ host: '0.0.0.0' }, 'options.host must be 127.0.0.1, ::1 or localhost without options.token'],
  [{ host: '192.0.2.1' }, 'options.host must be 127.0.0.1, ::1 or localhost without options.token'],
  [{ host: 'example.com' }, 'options.host must be an IP address or localhost, got "example.com"'],
  [{ port: 65_536 }, 'options.port must be an integer of at least 0 and at most 65535, got 65536'],
  [{ token: 'short' }, 'options.token must be a text or secret of at least 16'],
  [{ token: `${TOKEN} with spaces` }, 'options.token must be a text or secret of at least 16'],
  [{ hosts: ['name:80'] }, 'options.hosts[0] must be a host name without a port'],
  [{ history: {} as never }, 'options.history needs file'],
  [{ history: { file: '' } }, 'options.history.file must be a string that is not empty'],
  [{ clock: {} as never }, 'options.clock must be a clock with now, wall, setTimer'],
  [{ ports: 1 } as never, 'options.ports is not known; allowed here: port, host, hosts, token, history'],
  [{ alerts: true } as never, 'options.alerts must be false or an object with rules, webhooks, got true'],
])('%j is refused', (options, message) => {
  expect(() => checkDashboardOptions(options)).toThrow(ConfigError);
  expect(() => checkDashboardOptions(options)).toThrow(message);
});

it('a wrong token is not in the error', () => {
  expect(() => checkDashboardOptions({ token: 'hunter2' })).not.toThrow(/hunter2/);
  expect(() => checkDashboardOptions({ token: secret('hunter2') })).not.toThrow(/hunter2/);
});

it('a token opens other addresses, and may be a secret', () => {
  expect(checkDashboardOptions({ host: '0.0.0.0', token: secret(TOKEN) })).toMatchObject({
    host: '0.0.0.0',
    token: TOKEN,
  });
});

it('something else than a line is refused, and a port in use is an error of the system', async () => {
  await expect(dashboard({} as never)).rejects.toThrow('watched must be a line or a monitor, got an object');
  const { line } = lineWith({}, () => ({ status: 200 }));
  await expect(dashboard([line, 1] as never)).rejects.toThrow('watched[1] must be a line or a monitor, got 1');
  const { url } = await serve(line);
  await expect(dashboard(line, { port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

it('a dashboard prints no token', async () => {
  const { line } = lineWith({}, () => ({ status: 200 }));
  const served = await serve(line, { token: TOKEN });
  expect(inspect(served, { depth: 10 }) + JSON.stringify(served)).not.toContain(TOKEN);
});
