// The asynchronous jobs of the SDK: the methods that start a job, read its state, read its results and cancel it.
import { models, operations } from './sdk.mjs';

const byName = (method) => new Map(operations.filter((one) => one.method === method).map((one) => [one.path, one]));
const gets = byName('GET');
const deletes = byName('DELETE');

/** The row of a method that starts a job; undefined without methods for its state and its results. */
function toRow({ path, args, answer }) {
  const status = [...gets.values()].find((one) => one.path.startsWith(`${path}/{`) && /\/\{\w+\}$/.test(one.path));
  const results = status && gets.get(`${status.path}/results`);
  const state = Object.keys(models[status?.answer] ?? {}).find((field) => field === 'state');
  const id = Object.keys(models[answer] ?? {}).find((field) => field === 'jobId' || field === 'id');
  // A job under a path with parameters would need them for its state too. The SDK has two such jobs, of one vendor of bots.
  if (!results || !state || args[0] !== 'body') return undefined;
  const items = ['results', 'conversations', 'userDetails', 'entities'].find((key) => key in models[results.answer]);
  const cancel = deletes.get(status.path);
  return {
    id,
    status: status.name,
    results: results.name,
    items,
    ...(results.query.some(({ wire }) => wire === 'cursor') && { cursor: true }),
    // The platform cancels a job of analytics when it is deleted. For other jobs the SDK only says that they are deleted.
    ...(cancel && /cancel/i.test(cancel.text) && { cancel: cancel.name }),
  };
}

/** Rows of `JOBS` by the method that starts the job. */
export const jobs = Object.fromEntries(
  operations
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs'))
    .map((one) => [one.name, toRow(one)])
    .filter(([, row]) => row)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);
