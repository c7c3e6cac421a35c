import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import axios from 'axios';
import { pino } from 'pino';
import { guardAxios } from '@holdline/axios';
import { createHoldline, memoryStore } from '@holdline/core';
import { clientCredentials, genesysCloud } from '@holdline/genesys';
import { startSimulator } from '@holdline/simulator';
import { describeError } from './describe-error.mjs';
import { logEvents } from './log-events.mjs';

// Everything that must not be in a log.
const SECRETS = {
  clientSecret: 'client-secret-8d1f',
  header: 'header-secret-77aa',
  query: 'query-secret-31bc',
  body: 'body-secret-09fe',
};

let simulator;
let line;
let api;
let tokens;
const output = [];
const stream = new PassThrough().on('data', (chunk) => output.push(String(chunk)));
const logger = pino({ level: 'debug', serializers: { err: describeError } }, stream);
const records = () =>
  output
    .join('')
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text));

before(async () => {
  simulator = await startSimulator({ platform: 'genesys' });
  tokens = [];
  line = createHoldline(
    genesysCloud({
      store: memoryStore(),
      deadLetters: { key: '42'.repeat(32) },
      retry: { maxAttempts: 3, baseDelayMs: 5, maxRetryAfterMs: 10_000 },
      token: {
        grant: clientCredentials({
          clientId: 'any-id',
          clientSecret: SECRETS.clientSecret,
          loginUrl: simulator.url,
        }),
        onToken: ({ accessToken }) => tokens.push(accessToken),
      },
    }),
  );
  api = guardAxios(axios.create({ baseURL: simulator.url }), line);
  logEvents(line, logger);
});
after(async () => {
  await line.close();
  await simulator.stop();
});

const ask = (id, options) =>
  api.get(`/api/v2/users/${id}?key=${SECRETS.query}`, { headers: { 'x-api-key': SECRETS.header }, ...options });
const write = () =>
  api.post('/api/v2/externalcontacts/contacts', { note: SECRETS.body }, { headers: { 'x-api-key': SECRETS.header } });
/** The service logs the error of a call. */
const logged = (promise) => promise.catch((error) => logger.error({ err: error }, 'request failed'));

test('each retry, refusal and wait is one line with its reason', async () => {
  // Three attempts: a dropped connection, 503, an answer.
  simulator.script('GET /api/v2/users/:id', [{ status: 200, drop: 'before' }, { status: 503 }, 'pass']);
  await ask(1);
  // A new token after 401.
  simulator.revokeTokens();
  await ask(2);
  // A write without an answer, and a rejected write.
  simulator.script('POST /api/v2/externalcontacts/contacts', [{ status: 200, drop: 'after' }, { status: 400 }]);
  await logged(write());
  await logged(write());
  // A wait that is longer than the call accepts, and a call at the closed gate.
  simulator.script('GET /api/v2/users/:id', [{ status: 429, headers: { 'retry-after': '60' } }]);
  await logged(ask(3));
  await logged(ask(4));
  await line.drain();

  const count = (message) => records().filter(({ msg }) => msg === message).length;
  assert.equal(count('retry'), 2);
  assert.deepEqual(
    records()
      .filter(({ msg }) => msg === 'retry')
      .map(({ route, reason }) => [route, reason]),
    [
      ['GET /api/v2/users/:id', 'unknown'],
      ['GET /api/v2/users/:id', 'unknown'],
    ],
  );
  assert.equal(count('new token'), 2);
  assert.equal(count('the platform asked for a wait'), 1);
  assert.equal(count('refused, nothing was sent'), 1);
  assert.equal(count('dead letter'), 1);
  assert.equal(count('call ended'), 6);
  const failures = records().filter(({ msg }) => msg === 'request failed');
  assert.deepEqual(
    failures.map(({ err }) => [err.code, err.status]),
    [
      ['HOLDLINE_OUTCOME_UNKNOWN', undefined],
      ['ERR_BAD_REQUEST', 400],
      ['ERR_BAD_REQUEST', 429],
      ['HOLDLINE_THROTTLED', undefined],
    ],
  );
  assert.ok(failures.every(({ err }) => err.route && err.attempts >= 0));
});

test('no secret is in the log', () => {
  assert.equal(tokens.length, 2);
  const text = output.join('');
  for (const secret of [...tokens, ...Object.values(SECRETS), btoa(`any-id:${SECRETS.clientSecret}`)])
    assert.ok(!text.includes(secret), `the log has ${secret}`);
});

test('without the serializer, a native error of axios puts body, headers and token into the log', async () => {
  // The reason for describeError: this is what loggers print of errors that are not HoldlineErrors.
  const leaked = [];
  const bare = pino(new PassThrough().on('data', (chunk) => leaked.push(String(chunk))));
  simulator.script('POST /api/v2/externalcontacts/contacts', [{ status: 400 }]);
  await write().catch((error) => bare.error({ err: error }));
  const text = leaked.join('');
  for (const secret of [SECRETS.body, SECRETS.header, tokens.at(-1)]) assert.ok(text.includes(secret));
});

test('a line, its snapshot and its errors can be logged', async () => {
  const before = output.length;
  logger.info({ line, snapshot: line.snapshot() }, 'state');
  logger.info({
    explained: line.explain({ method: 'GET', url: `${simulator.url}/api/v2/users/1?key=${SECRETS.query}` }),
  });
  const text = output.slice(before).join('');
  for (const secret of [...tokens, ...Object.values(SECRETS)])
    assert.ok(!text.includes(secret), `the log has ${secret}`);
});
