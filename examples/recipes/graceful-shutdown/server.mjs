// A service that writes evaluations. Each request becomes one write.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import axios from 'axios';
import { guardAxios } from '@holdline/axios';
import { createHoldline, isHoldlineError, withTransaction } from '@holdline/core';
import { clientCredentials, genesysCloud } from '@holdline/genesys';
import { redisStore } from '@holdline/redis';
import { shutDownOnSigterm } from './shut-down.mjs';

const { API_URL, LOGIN_URL, REDIS_URL, STORE_KEY, CLIENT_ID, CLIENT_SECRET, DRAIN_MS, CLOSE_MS } = process.env;

// Redis keeps the writes that this process cannot finish.
const store = redisStore({ url: REDIS_URL, key: STORE_KEY, prefix: 'evaluations' });
const line = createHoldline(
  genesysCloud({
    store,
    retry: 'batch',
    token: { grant: clientCredentials({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, loginUrl: LOGIN_URL }) },
  }),
);
const api = guardAxios(axios.create({ baseURL: API_URL }), line);

const server = createServer(async (request, response) => {
  const answer = (status, body) => response.writeHead(status).end(JSON.stringify(body));
  try {
    const { id, conversation, score } = await json(request);
    // The id of the caller identifies the write, so that nothing sends it twice.
    const { data } = await withTransaction(id, () =>
      api.post(`/api/v2/quality/conversations/${conversation}/evaluations`, { score }),
    );
    answer(201, data);
  } catch (error) {
    answer(isHoldlineError(error) ? 503 : 502, { code: isHoldlineError(error) ? error.code : 'PLATFORM' });
  }
});

shutDownOnSigterm({ server, line, store, drainMs: Number(DRAIN_MS), closeMs: Number(CLOSE_MS) });

server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ listening: server.address().port })));

// The writes that the previous process left over, at the lowest priority.
const { replayed, left } = await line.deadLetters.replay();
console.log(JSON.stringify({ replayed, left }));
