import type { IncomingMessage } from 'node:http';
import { type Answer, answerOk } from '../http/answer.js';
import { PLAIN_PATHS } from '../paths/request-path.js';
import type { Platform, PlatformDefinition, PlatformSetup } from '../platform/platform.js';
import type { RouteRequest } from '../platform/request.js';
import { type Route, RouteTable } from '../platform/route-table.js';
import { createRandomStream } from '../random.js';
import { AccessKeys } from './access-keys.js';
import { buildDefaultLimits } from './default-limits.js';
import { awsConnectErrors, CREDENTIAL_ERRORS } from './error-answers.js';
import { Instances } from './instances.js';
import { OPERATIONS, runOperation } from './operations.js';
import { sha256 } from './signature.js';

/** The vendor documents no limit. This limit protects the memory from a faulty test. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The Amazon Connect part of a simulator: operations of the REST API, with signed requests. */
export class AwsConnectPlatform implements Platform {
  readonly tokens: AccessKeys;
  readonly errors = awsConnectErrors;
  readonly maxBodyBytes = MAX_BODY_BYTES;
  readonly socketEndpoints = [];
  readonly #routes: RouteTable;

  constructor({ seed, settings }: PlatformSetup) {
    this.tokens = new AccessKeys(createRandomStream(seed, 'tokens'), settings().tokens);
    const instances = new Instances(createRandomStream(seed, 'ids'));
    this.#routes = new RouteTable(
      OPERATIONS.map(([, match, answer, isReadOnly]) => [
        match,
        (request) => checkBody(request) ?? runOperation(answer, instances, request),
        isReadOnly === undefined ? {} : { isReadOnly },
      ]),
    );
  }

  findRoute(method: string, segments: readonly string[]): Route {
    return (
      this.#routes.findRoute(method, segments) ??
      this.#routes.createFallbackRoute('api', method, segments, (request) => checkBody(request) ?? answerOk({}))
    );
  }

  checkSignature(request: IncomingMessage, wallMs: number): Answer | undefined {
    return this.tokens.check(request, wallMs);
  }

  buildCommonHeaders(contextId: string): Record<string, string> {
    return { 'x-amzn-RequestId': contextId };
  }
}

/** The signature covers the hash of the body in a header, so the body must have this hash. */
function checkBody({ headers, text }: RouteRequest): Answer | undefined {
  return headers['x-amz-content-sha256'] === sha256(text) ? undefined : CREDENTIAL_ERRORS.wrong();
}

/** Definition of Amazon Connect for the engine. */
export const awsConnect: PlatformDefinition<AwsConnectPlatform> = {
  paths: PLAIN_PATHS,
  defaultLimits: buildDefaultLimits(OPERATIONS.map(([name, match]) => [name, match])),
  platformOptions: ['tokens.tenants'],
  // The best practices for the API name the status 429 and no header.
  retryAfter: 'none',
  create: (setup) => new AwsConnectPlatform(setup),
};
