/** The same steps for both module systems. The process ends without process.exit, because Holdline does not keep a process alive. */
exports.smoke = async (lib) => {
  const { assert, axios, platformClient, guardAxios, callInfo, createHoldline, holdlineOf, release } = lib;
  const { withCall, withTransaction, VirtualClock, clientCredentials, genesysCloud, guardGenesys, startSimulator } =
    lib;
  const { inbox, memoryStore } = lib;
  const { attempt, bottleneck, Bottleneck, CircuitBreaker, opossum } = lib;

  const simulator = await startSimulator({ platform: 'genesys' });
  const { hostname: host, port } = new URL(simulator.url);
  const client = platformClient.ApiClient.instance;
  client.config.live_reload_config = false;
  client.setGateway({ host, port, protocol: 'http' });
  const users = new platformClient.UsersApi();
  const contacts = new platformClient.ExternalContactsApi();

  guardGenesys(client);
  await client.loginClientCredentialsGrant('id', 'secret');
  simulator.script('GET /api/v2/users/me', [
    { status: 429, headers: { 'retry-after': '0.3' } },
    { status: 401, revoke: true },
  ]);
  const me = await users.getUsersMe();
  assert.ok(me.id);
  assert.equal(callInfo(me).attempts, 3);
  assert.equal(callInfo(me).refreshed, true);
  const [, refused, next] = simulator.wire();
  assert.ok(next.at - refused.at >= 300);

  simulator.revokeTokens();
  simulator.resetStats();
  await Promise.all(Array.from({ length: 100 }, () => users.getUsersMe()));
  assert.equal(simulator.stats().tokenRequests, 1);

  simulator.set({ faults: [{ kind: 'drop-after', match: 'POST /api/v2/externalcontacts/contacts', times: 1 }] });
  await assert.rejects(contacts.postExternalcontactsContacts({ lastName: 'Lovelace' }), {
    name: 'OutcomeUnknownError',
  });
  assert.equal(simulator.stats().executedWrites, 1);

  simulator.set({ serviceMs: 2000 });
  const abort = new AbortController();
  const call = withCall({ signal: abort.signal }, () => users.getUsersMe());
  setTimeout(() => abort.abort(), 50);
  await assert.rejects(call, { name: 'AbortError' });
  simulator.set({ serviceMs: 0 });
  await withCall({ priority: 'high', totalTimeoutMs: 5000 }, () => users.getUsersMe());
  const { calls, queued } = holdlineOf(client).snapshot();
  assert.deepEqual({ calls, queued }, { calls: 0, queued: 0 });

  release(client);
  simulator.script('GET /api/v2/users/me', [{ status: 429 }]);
  await assert.rejects(users.getUsersMe(), { status: 429 });

  const grant = clientCredentials({ clientId: 'id', clientSecret: 'secret', loginUrl: simulator.url });
  const line = createHoldline(genesysCloud({ token: { grant } }));
  const api = guardAxios(axios.create({ baseURL: simulator.url }), line);
  const evaluate = () => api.post('/api/v2/quality/conversations/c-1/evaluations', { score: 5 });
  const first = callInfo(await withTransaction('t-1', evaluate)).idempotencyKey;
  assert.equal(callInfo(await withTransaction('t-1', evaluate)).idempotencyKey, first);
  release(api);
  await line.close();

  const engines = {
    governor: { engine: bottleneck(new Bottleneck({ maxConcurrent: 1 })) },
    breaker: { engine: opossum(new CircuitBreaker(attempt, { timeout: false })) },
  };
  const engined = guardAxios(axios.create({ baseURL: simulator.url }), { ...engines, retry: false });
  await assert.rejects(engined.get('/api/v2/users/me'), { status: 401 });
  const explained = holdlineOf(engined).explain({ method: 'GET', url: '/api/v2/users/me' });
  assert.deepEqual(explained.engines, { governor: 'bottleneck', breaker: 'opossum' });
  await holdlineOf(engined).close();

  const events = inbox({
    store: memoryStore(),
    verify: () => ({ events: [{ id: '1', data: 1 }] }),
    handle: () => undefined,
  });
  const request = () => new Request('https://inbox.example.com/', { method: 'POST', body: '{}' });
  assert.deepEqual([(await events.fetch(request())).status, (await events.fetch(request())).status], [202, 200]);
  await events.drain();
  assert.equal(events.snapshot().handled, 1);
  await events.close();

  const clock = new VirtualClock();
  assert.equal(typeof clock.now(), 'number');
  await simulator.stop();
};
