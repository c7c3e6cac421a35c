import { describe, expect, it } from 'vitest';
import { SimulatorOptionError } from '../option-error.js';
import { startSimulator } from '../start-simulator.js';
import { parseOptions } from './parse-options.js';

const limit = { name: 'l', per: 'org', limit: 1, windowMs: 1000, enforcement: 'sliding' };

describe('options', () => {
  it('have the documented defaults', () => {
    const { port, seed, settings } = parseOptions({ platform: 'genesys' });
    expect({ port, seed }).toEqual({ port: 0, seed: 1 });
    expect(settings).toMatchObject({
      service: { min: 0, max: 0 },
      limits: [{ name: 'token.rate.per.minute', per: 'token', limit: 300, windowMs: 60_000, enforcement: 'fixed' }],
      tokens: { clients: undefined, expiresInMs: 86_400_000, rotateRefreshTokens: true, throttle: undefined },
      quotaHeaders: 'none',
      retryAfter: 'seconds',
      clockSkewMs: 0,
      limitKeyInBody: false,
      faults: [],
    });
  });

  it.each([
    [undefined, 'options is undefined'],
    [{}, "platform is undefined; allowed: 'genesys', 'cxone'"],
    [{ platform: 'avaya' }, "platform is \"avaya\"; allowed: 'genesys', 'cxone'"],
    [{ colour: 'red' }, 'colour is "red"; allowed: only the keys platform, port'],
    [{ port: 65_536 }, 'port is 65536; allowed: a whole number from 0 to 65535'],
    [{ port: '80' }, 'port is "80"'],
    [{ seed: 1.5 }, 'seed is 1.5'],
    [{ serviceMs: -1 }, 'serviceMs is -1; allowed: a number from 0'],
    [{ serviceMs: NaN }, 'serviceMs is NaN'],
    [{ serviceMs: { min: 5, max: 4 } }, 'serviceMs.max is 4; allowed: a number from 5'],
    [{ serviceMs: { min: 5, max: 6, mean: 5 } }, 'serviceMs.mean is 5; allowed: only the keys min, max'],
    [{ limits: {} }, 'limits is {}; allowed: an array of limits'],
    [{ limits: [{ ...limit, name: 'a b' }] }, 'limits[0].name is "a b"'],
    [{ limits: [limit, limit] }, 'limits[1].name is "l"; allowed: a name that no other limit has'],
    [
      { limits: [{ ...limit, per: 'person' }] },
      "limits[0].per is \"person\"; allowed: 'token', 'client', 'user', 'tenant', 'entity', 'route', 'org'",
    ],
    [{ limits: [{ ...limit, match: 'users' }] }, 'limits[0].match is "users"; allowed: a method or *'],
    [{ limits: [{ ...limit, match: [] }] }, 'limits[0].match is []; allowed: at least one pattern'],
    [{ limits: [{ ...limit, match: ['GET /a', 'b'] }] }, 'limits[0].match[1] is "b"'],
    [{ limits: [{ ...limit, entity: 'id' }] }, 'limits[0].entity is "id"; allowed: only with per \'entity\''],
    [{ limits: [{ ...limit, per: 'entity' }] }, 'limits[0].entity is undefined'],
    [{ limits: [{ ...limit, per: 'entity', match: 'GET /a' }] }, 'limits[0].entity is undefined'],
    [{ limits: [{ ...limit, per: 'entity', match: ['GET /a/:b', 'GET /a'] }] }, 'limits[0].entity is "b"'],
    [{ limits: [{ ...limit, limit: 0 }] }, 'limits[0].limit is 0'],
    [{ limits: [{ ...limit, windowMs: Infinity }] }, 'limits[0].windowMs is Infinity'],
    [{ limits: [{ ...limit, enforcement: 'leaky' }] }, 'limits[0].enforcement is "leaky"'],
    [{ limits: [{ ...limit, phaseMs: 1 }] }, "limits[0].phaseMs is 1; allowed: only with enforcement 'fixed'"],
    [{ limits: [{ ...limit, burst: 1 }] }, "limits[0].burst is 1; allowed: only with enforcement 'bucket'"],
    [{ limits: [{ ...limit, enforcement: 'fixed', phaseMs: 1001 }] }, 'limits[0].phaseMs is 1001'],
    [{ limits: [{ ...limit, window: 1 }] }, 'limits[0].window is 1; allowed: only the keys name, per'],
    [{ tokens: { expiresInMs: 0 } }, 'tokens.expiresInMs is 0'],
    [{ tokens: { lifetimeMs: 1 } }, 'tokens.lifetimeMs is 1; allowed: only the keys clients, expiresInMs'],
    [{ notifications: { lifetimeMs: 1 } }, 'notifications.lifetimeMs is 1; allowed: only the keys '],
    [{ notifications: { lossRate: 1.5 } }, 'notifications.lossRate is 1.5; allowed: a number from 0 to 1'],
    [{ tokens: { clients: { a: 1 } } }, 'tokens.clients.a is "number"'],
    [{ tokens: { clients: [] } }, 'tokens.clients is []'],
    [{ tokens: { throttle: { limit: 1 } } }, 'tokens.throttle.windowMs is undefined'],
    [{ tokens: { throttle: true } }, 'tokens.throttle is true'],
    [{ tokens: { fail: -1 } }, 'tokens.fail is -1'],
    [{ tokens: { revokeOnFlood: { limit: 1 } } }, 'tokens.revokeOnFlood.windowMs is undefined'],
    [{ tokens: { tenants: { a: 'b' } } }, 'tokens.tenants is {"a":"b"}; allowed: only with platform \'cxone\''],
    [{ longPoll: {} }, "longPoll is {}; allowed: only with platform 'cxone'"],
    [{ entities: { users: 100_001 } }, 'entities.users is 100001; allowed: a whole number from 0 to 100000'],
    [{ entities: { people: 1 } }, 'entities.people is 1; allowed: only the keys users, queues'],
    [{ bulk: { maxItems: 5 } }, 'bulk.maxItems is 5; allowed: an object with numbers by route'],
    [{ bulk: { maxItems: { 'GET /api/v2/moons': 5 } } }, 'bulk.maxItems.GET /api/v2/moons is 5; allowed: only GET '],
    [{ bulk: { maxItems: { 'GET /api/v2/users': 0 } } }, 'bulk.maxItems.GET /api/v2/users is 0'],
    [{ bulk: { omitExpands: [1] } }, 'bulk.omitExpands[0] is 1'],
    [{ platform: 'cxone', bulk: {} }, "bulk is {}; allowed: only with platform 'genesys'"],
    [{ platform: 'cxone', entities: {} }, "entities is {}; allowed: only with platform 'genesys'"],
    [{ cacheable: [] }, 'cacheable is []; allowed: an object with cacheable routes'],
    [{ cacheable: { 'GET x': {} } }, 'cacheable[\'GET x\'] is "GET x"; allowed: a method or *'],
    [{ cacheable: { 'POST /a': {} } }, 'cacheable[\'POST /a\'] is "POST /a"; allowed: a pattern with the method GET'],
    [{ cacheable: { 'GET /a': {} } }, "cacheable['GET /a'].maxAgeSec is undefined"],
    [{ cacheable: { 'GET /a': { maxAgeSec: 1, vary: ['a b'] } } }, 'cacheable[\'GET /a\'].vary[0] is "a b"'],
    [{ jobs: { runMs: -1 } }, 'jobs.runMs is -1; allowed: a whole number from 0'],
    [{ jobs: { speed: 1 } }, 'jobs.speed is 1; allowed: only the keys queuedMs, runMs'],
    [{ platform: 'cxone', jobs: {} }, "jobs is {}; allowed: only with platform 'genesys'"],
    [{ cors: true }, 'cors is true'],
    [{ cors: { exposeHeaders: ['a b'] } }, 'cors.exposeHeaders[0] is "a b"'],
    [{ tokens: { rotateRefreshTokens: 1 } }, 'tokens.rotateRefreshTokens is 1; allowed: true or false'],
    [{ quotaHeaders: 'x' }, "quotaHeaders is \"x\"; allowed: 'none', 'inin'"],
    [{ retryAfter: 'a\r\nb' }, 'retryAfter is "a\\r\\nb"'],
    [{ retryAfter: 5 }, 'retryAfter is 5'],
    [{ clockSkewMs: 0.5 }, 'clockSkewMs is 0.5'],
    [{ limitKeyInBody: 'yes' }, 'limitKeyInBody is "yes"'],
    [{ faults: [{ kind: 'fire' }] }, 'faults[0].kind is "fire"; allowed: \'drop-before\''],
    [{ faults: [{ kind: 'delay' }] }, 'faults[0].delayMs is undefined'],
    [{ faults: [{ kind: 'status' }] }, 'faults[0].status is undefined; allowed: a whole number from 200 to 599'],
    [{ faults: [{ kind: 'drop-after', status: 500 }] }, 'faults[0].status is 500; allowed: only with kind'],
    [{ faults: [{ kind: 'drop-after', rate: 1.1 }] }, 'faults[0].rate is 1.1'],
    [{ faults: [{ kind: 'drop-after', rate: 0.5, every: 2 }] }, "faults[0].every is 2; allowed: only without 'rate'"],
    [{ faults: [{ kind: 'status', status: 500, headers: { 'a b': '' } }] }, 'faults[0].headers is "a b"'],
    [{ faults: [{ kind: 'status', status: 500, headers: { a: 'x\ny' } }] }, 'faults[0].headers.a is "x\\ny"'],
    [{ faults: [{ kind: 'status', status: 500, body: () => 1 }] }, 'faults[0].body is a function'],
  ])('refuse %j', async (given, message) => {
    const options =
      given === undefined || 'platform' in given || message.startsWith('platform')
        ? given
        : { platform: 'genesys', ...given };
    const failure = await startSimulator(options as never).then(
      async (simulator) => simulator.stop(),
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(SimulatorOptionError);
    expect(failure).toMatchObject({ name: 'SimulatorOptionError', code: 'SIMULATOR_OPTION' });
    expect((failure as Error).message).toContain(message);
    expect((failure as Error).message).toContain('; allowed: ');
  });

  it('never show a secret in the message', () => {
    const options = { platform: 'genesys', tokens: { clients: { a: ['s3cret'] } } };
    expect(() => parseOptions(options)).toThrow(/tokens\.clients\.a is "object"/);
  });
});
