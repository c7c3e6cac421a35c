import { type Answer, answerOk } from '../http/answer.js';
import { PLAIN_PATHS } from '../paths/request-path.js';
import type { Admission, Platform, PlatformDefinition, PlatformSetup } from '../platform/platform.js';
import type { RouteRequest } from '../platform/request.js';
import { type Route, RouteTable } from '../platform/route-table.js';
import { createRandomStream } from '../random.js';
import type { AccessToken } from '../tokens/token-store.js';
import { AccountStore } from './account-data.js';
import { Accounts } from './accounts.js';
import { Concurrency } from './concurrency.js';
import { buildErrorAnswer, twilioErrors } from './error-answers.js';
import { createFlexRoutes } from './flex-routes.js';
import { readParams } from './form.js';
import { createTaskRouterRoutes } from './taskrouter-routes.js';

/** The vendor documents no limit. This limit protects the memory from a faulty test. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The Twilio part of a simulator. One address stands for the addresses of all products. */
export class TwilioPlatform implements Platform {
  readonly tokens: Accounts;
  readonly errors = twilioErrors;
  readonly maxBodyBytes = MAX_BODY_BYTES;
  readonly socketEndpoints = [];
  readonly #accounts: AccountStore;
  readonly #routes: RouteTable;
  readonly #concurrency: Concurrency;

  constructor({ seed, settings }: PlatformSetup) {
    this.tokens = new Accounts(createRandomStream(seed, 'tokens'), settings().tokens);
    this.#accounts = new AccountStore(createRandomStream(seed, 'ids'));
    this.#concurrency = new Concurrency(() => settings().maxConcurrent);
    this.#routes = new RouteTable([
      ...createTaskRouterRoutes(this.#accounts),
      ...createFlexRoutes(this.#accounts),
      ['POST /v2/token', (request) => this.#grantToken(request), { kind: 'token' }],
    ]);
  }

  findRoute(method: string, segments: readonly string[]): Route {
    return (
      this.#routes.findRoute(method, segments) ??
      this.#routes.createFallbackRoute('api', method, segments, (request) => this.#answerGenerically(request))
    );
  }

  buildCommonHeaders(contextId: string): Record<string, string> {
    return { 'Twilio-Request-Id': `RQ${contextId.replaceAll('-', '')}` };
  }

  admit({ tenant }: AccessToken, onEnd: (listener: () => void) => void): Admission {
    return this.#concurrency.admit(tenant, onEnd);
  }

  /** The token endpoint of OAuth clients. */
  #grantToken(request: RouteRequest): Answer {
    const { client_id: id = '', client_secret: secret = '', grant_type: grantType } = readParams(request);
    if (this.tokens.takeFailure()) return buildErrorAnswer(500, 'Internal Server Error');
    if (this.tokens.throttleClient(id, request.now) > 0) return buildErrorAnswer(429, 'Too Many Requests');
    if (grantType !== 'client_credentials') return buildErrorAnswer(400, 'Invalid grant type', 20_001);
    if (secret === '' || !this.tokens.acceptsClient(id, secret)) return buildErrorAnswer(401, 'Authenticate', 20_003);
    const holder = { clientId: id, tenant: this.tokens.findAccount(id), user: id, isPublic: false };
    const { text, token, expiresInSeconds } = this.tokens.issueAccessToken(holder, request.now);
    request.reportIssuedToken(token);
    return answerOk({ access_token: text, token_type: 'Bearer', expires_in: expiresInSeconds });
  }

  #answerGenerically(request: RouteRequest): Answer {
    const { method, path, token } = request;
    const last = path.split('/').filter(Boolean).at(-1)?.replace('.json', '') ?? '';
    if (method === 'DELETE') return { status: 204 };
    if (method === 'GET' || method === 'HEAD') return answerOk({ sid: last, account_sid: token.tenant });
    if (method !== 'POST') return buildErrorAnswer(405, `The method ${method} is not allowed here`, 20_004);
    return {
      status: 201,
      body: { sid: this.#accounts.newSid('SM'), account_sid: token.tenant, ...readParams(request) },
    };
  }
}

/** Routes of the Interactions API. Each has 20 requests per second and account (page of error 45780). */
const INTERACTION_ROUTES = [
  'POST /v1/Interactions',
  'GET /v1/Interactions/:sid',
  'GET /v1/Interactions/:sid/Channels',
  'GET /v1/Interactions/:sid/Channels/:channelSid',
  'POST /v1/Interactions/:sid/Channels/:channelSid',
];

/** Definition of Twilio for the engine. */
export const twilio: PlatformDefinition<TwilioPlatform> = {
  paths: PLAIN_PATHS,
  defaultLimits: INTERACTION_ROUTES.map((match, index) => ({
    name: `flex.interactions.${index + 1}`,
    per: 'tenant',
    match,
    limit: 20,
    windowMs: 1000,
    enforcement: 'fixed',
  })),
  platformOptions: ['tokens.tenants', 'maxConcurrent'],
  // The pages about 429 name no such header.
  retryAfter: 'none',
  create: (setup) => new TwilioPlatform(setup),
};
