// A nightly job: sends the evaluations of a day to the platform. Cron starts it; `node send-evaluations.mjs evaluations.json`.
// Exit code 0: all is sent. 75 (EX_TEMPFAIL): a part waits in the store, and the next run sends it. 1: a part was rejected.
import { readFile } from 'node:fs/promises';
import axios from 'axios';
import { guardAxios } from '@holdline/axios';
import { createHoldline, withCall } from '@holdline/core';
import { clientCredentials, genesysCloud } from '@holdline/genesys';
import { redisStore } from '@holdline/redis';

const { API_URL, LOGIN_URL, REDIS_URL, STORE_KEY, CLIENT_ID, CLIENT_SECRET, TIME_BOX_MS = '3600000' } = process.env;
const EX_TEMPFAIL = 75;

const store = redisStore({ url: REDIS_URL, key: STORE_KEY, prefix: 'evaluations-job' });
const line = createHoldline(
  genesysCloud({
    store,
    retry: 'batch', // 20 attempts, hours, any Retry-After: nobody waits for this job
    breaker: { queued: 'keep' }, // calls wait for the end of an outage instead of failing at once
    token: { grant: clientCredentials({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, loginUrl: LOGIN_URL }) },
  }),
);
const api = guardAxios(axios.create({ baseURL: API_URL }), line);

// The time box: afterwards every call that is left fails, and the store keeps it.
const timeBox = AbortSignal.timeout(Number(TIME_BOX_MS));
const report = { replayed: 0, sent: 0, kept: 0, rejected: 0 };

// 1. What the last run could not send.
const { replayed } = await line.deadLetters.replay({ priority: 'low', signal: timeBox });
report.replayed = replayed;

// 2. The batch of this run. The transaction names the write: a run that is started twice sends it once.
const deadline = Date.now() + Number(TIME_BOX_MS);
const send = ({ id, conversation, score }) =>
  withCall(
    { priority: 'low', transaction: `evaluation-${id}`, totalTimeoutMs: Math.max(1, deadline - Date.now()) },
    () => api.post(`/api/v2/quality/conversations/${conversation}/evaluations`, { score }),
  );
line.on('deadLetter', ({ what }) => {
  if (what === 'kept') report.kept++;
});
const evaluations = JSON.parse(await readFile(process.argv[2], 'utf8'));
const results = await Promise.allSettled(evaluations.map(send));
report.sent = results.filter(({ status }) => status === 'fulfilled').length;

// 3. Wait until the store has everything, and release what keeps the process alive.
await line.drain();
const { letters } = await line.deadLetters.list();
report.rejected = evaluations.length - report.sent - report.kept;
await line.close();
await store.close();

console.log(JSON.stringify(report));
process.exitCode = report.rejected > 0 ? 1 : letters.length > 0 ? EX_TEMPFAIL : 0;
