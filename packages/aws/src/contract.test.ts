import { Agent } from 'node:http';
import { adapterContract, recordContract, type AdapterUnderTest, type AnswerFormat } from '@holdline/adapter-kit';
import * as sdk1136 from '@aws-sdk/client-connect';
import type { ConnectClient } from '@aws-sdk/client-connect';
import * as sdk622 from 'client-connect-3-622';
import { describe, expect, it } from 'vitest';
import { guardAws } from './index.js';

/** Names of the exceptions of Amazon Connect, by status. */
const ERRORS: Readonly<Record<number, string>> = {
  400: 'InvalidRequestException',
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'RequestTimeoutException',
  409: 'ResourceConflictException',
  429: 'TooManyRequestsException',
  500: 'InternalServiceException',
};

/** An answer as Amazon Connect sends it. */
const answerFormat: AnswerFormat = (status, id) => ({
  body: JSON.stringify(status < 300 ? { User: { Id: id } } : { message: `status ${status}` }),
  headers: {
    'content-type': 'application/json',
    'x-amzn-requestid': `request-${id}`,
    ...(status >= 400 && { 'x-amzn-errortype': ERRORS[status] ?? 'ServiceUnavailableException' }),
  },
});

const CONNECT: AdapterUnderTest<ConnectClient> = {
  name: 'guardAws',
  guard: guardAws,
  answerFormat,
  connect({ url: endpoint }, { maxSockets, copy, authorization }) {
    // The second copy of the SDK is another version.
    const sdk = copy ? (sdk622 as unknown as typeof sdk1136) : sdk1136;
    const client = new sdk.ConnectClient({
      endpoint,
      region: 'eu-west-2',
      credentials: {
        accessKeyId: `AKIA${authorization ?? 'NONE'}`.replace(/\W/g, ''),
        secretAccessKey: 'not a secret',
      },
      requestHandler: { httpAgent: new Agent({ keepAlive: true, ...(maxSockets !== undefined && { maxSockets }) }) },
      maxAttempts: 3,
    });
    return {
      client,
      call: (guarded, { method, id, signal: abortSignal }) =>
        method === 'GET'
          ? guarded.send(new sdk.DescribeUserCommand({ InstanceId: 'instance', UserId: id }), {
              ...(abortSignal && { abortSignal }),
            })
          : guarded.send(
              new sdk.UpdateContactAttributesCommand({
                InstanceId: 'instance',
                InitialContactId: id,
                Attributes: { changed: 'yes' },
              }),
              { ...(abortSignal && { abortSignal }) },
            ),
      read(result) {
        const { $metadata, ...data } = result as { $metadata: { httpStatusCode: number } };
        return { status: $metadata.httpStatusCode, text: JSON.stringify(data) };
      },
      onRequest: (listener) =>
        client.middlewareStack.add(
          (next) => (args) => {
            listener();
            return next(args);
          },
          { step: 'build' },
        ),
      refuse: (guarded) => guarded.send(new sdk.DescribeUserCommand({ InstanceId: 'instance', UserId: undefined })),
      close: () => client.destroy(),
    };
  },
  lacks: {
    headers: 'a command has no headers of its own',
    absoluteUrl: 'an operation has no URL',
    redirects: 'the SDK follows no redirects',
    streamBody: 'no operation of Amazon Connect takes a stream',
    binaryBody: 'no operation of Amazon Connect takes bytes',
    streamAnswer: 'the SDK reads the whole answer of an operation',
    lineToken: 'the SDK signs with its own credentials',
    copyAnswer: 'the results of the SDK are shared objects, which the adapter does not copy',
    keptAnswers: 'the results of the SDK have dates and bytes, which the adapter does not keep',
    variants: 'the SDK makes and signs each request itself',
    transactions: 'AWS takes idempotency tokens in the body and not in a header',
  },
};

adapterContract({ describe, it, expect }, CONNECT);

it('is recorded', () => recordContract(new URL('../contract.json', import.meta.url), [CONNECT]));
