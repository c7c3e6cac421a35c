import { check, ConfigError } from '@holdline/core';
import { JOBS } from '../operations/jobs.js';
import type { AnswerOf, ItemOf } from '../paging/paged.js';
import { answerBody } from '../sdk/answer-body.js';
import { resolveJobOptions, type JobOptions } from './options.js';
import { SdkJob, type JobApi, type PlatformJob } from './platform-job.js';

/**
 * Names of the methods of an API object that start a job.
 * @public
 */
export type JobName<Api> = {
  [K in keyof Api]: K extends `post${string}Jobs` ? K : never;
}[keyof Api] &
  string;

/**
 * The results of the job that a method starts.
 * @public
 */
export type ResultOf<Api, Name extends string> = Name extends `post${infer Job}Jobs`
  ? `get${Job}JobResults` extends keyof Api
    ? ItemOf<AnswerOf<Api[`get${Job}JobResults`]>>
    : unknown
  : unknown;

/**
 * The request body of a method that starts a job.
 * @public
 */
export type JobBody<Method> = Method extends (body: infer Body, ...rest: never[]) => unknown ? Body : never;

/**
 * Starts an asynchronous job of the platform, waits for its end with growing intervals, and reads its results.
 *
 * A start whose outcome is unknown is not repeated: the call rejects with the `OutcomeUnknownError` of the line, and the job may exist.
 *
 * @param api - API object of the SDK.
 * @param method - Method that starts the job: those of analytics, of social media, of workitems and of cases.
 * @param body - The request body, or `{ id }` to resume a job that was started before.
 * @returns the job, once the platform has accepted it. The job of an `id` comes without a request.
 * @throws ConfigError if the method starts no known job, or an option is wrong.
 * @example
 * ```ts
 * import platformClient from 'purecloud-platform-client-v2';
 * import { jobs } from '@holdline/genesys';
 *
 * const api = new platformClient.AnalyticsApi();
 * const job = await jobs(api, 'postAnalyticsConversationsDetailsJobs', { interval: '2026-01-01/2026-01-08' });
 * console.log(`started ${job.id}`);
 * for await (const conversation of job) console.log(conversation.conversationId);
 * ```
 * @public
 */
export async function jobs<Api extends object, Name extends JobName<Api>>(
  api: Api,
  method: Name,
  body: JobBody<Api[Name]> | { id: string },
  options?: JobOptions,
): Promise<PlatformJob<ResultOf<Api, Name>>> {
  const resolved = resolveJobOptions(options);
  const name = check.text(method, 'the second argument of jobs');
  const row = Object.hasOwn(JOBS, name) ? JOBS[name] : undefined;
  if (!row) throw new ConfigError(`${name} starts no job that is known; known are ${Object.keys(JOBS).join(', ')}`);
  const methods = api as unknown as JobApi;
  for (const needed of [name, row.status, row.results]) {
    if (typeof methods?.[needed] !== 'function') {
      throw new ConfigError(`the API object given to jobs has no method ${needed}`);
    }
  }
  const given = resumedId(body);
  const id = given ?? startedId(answerBody(await methods[name]!(body)), row.id, name);
  return new SdkJob<ResultOf<Api, Name>>(methods, row, { id, isNew: given === undefined }, resolved);
}

/** The id of `{ id }`. No job has a request body with only an id. */
function resumedId(body: unknown): string | undefined {
  if (!check.isRecord(body) || Object.keys(body).join() !== 'id') return undefined;
  return check.text(body['id'], 'id');
}

function startedId(answer: unknown, key: string, name: string): string {
  const id = check.isRecord(answer) ? answer[key] : undefined;
  if (typeof id !== 'string') throw new TypeError(`the platform answered ${name} without the id of the job`);
  return id;
}
