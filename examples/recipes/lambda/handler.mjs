// A Lambda function that reads users from the platform.
import { createHoldline, isHoldlineError, withCall } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { clientCredentials, genesysCloud } from '@holdline/genesys';
import { readState, writeState } from './state.mjs';

const { API_URL, LOGIN_URL, CLIENT_ID, CLIENT_SECRET } = process.env;
/** Time that the function needs for its own answer. */
const MARGIN_MS = 500;

// This part runs once per cold start. The line lives as long as the execution environment, also while that is frozen.
const line = createHoldline(
  genesysCloud({
    state: await readState(),
    retry: 'interactive',
    // A thawed function may write to a connection that the platform closed meanwhile.
    deadline: { attemptTimeoutMs: 5_000 },
    token: { grant: clientCredentials({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, loginUrl: LOGIN_URL }) },
  }),
);
const api = guardFetch(fetch, { line, origins: [API_URL] });

let hasLearned = false;
const noteLearned = () => (hasLearned = true);
line.on('quotaLearned', noteLearned);
line.on('breaker', noteLearned);

async function readUser(id) {
  const response = await api(`${API_URL}/api/v2/users/${id}`);
  if (!response.ok) throw new Error(`user ${id}: ${response.status}`);
  return response.json();
}

export async function handler(event, context) {
  // No call waits longer than this invocation lives. A call that cannot be sent in time is refused at once.
  const totalTimeoutMs = Math.max(1, context.getRemainingTimeInMillis() - MARGIN_MS);
  try {
    // Every call ends before the return. A call that is still under way would freeze with the environment.
    const results = await withCall({ totalTimeoutMs }, () => Promise.allSettled(event.userIds.map(readUser)));
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
    return { statusCode: 200, body: JSON.stringify(results.map(({ value }) => value.id)) };
  } catch (error) {
    if (!isHoldlineError(error)) return { statusCode: 502, body: error.message };
    const { code, retryAt } = error;
    const wait = retryAt === undefined ? {} : { 'retry-after': String(Math.ceil((retryAt - Date.now()) / 1000)) };
    return { statusCode: 503, headers: wait, body: code };
  } finally {
    // After the return, the environment may be frozen or removed at any time.
    if (hasLearned) await writeState(line.exportState());
    hasLearned = false;
  }
}
