import { scriptOf } from '../link.js';
import { SERVER_TIME } from './time.js';

/** Closes a gate for all, or keeps it closed for longer. */
export const GATE_CLOSE = scriptOf(`${SERVER_TIME}
local untilAt = now + tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not known or tonumber(known) < untilAt then redis.call('ZADD', KEYS[1], untilAt, ARGV[1]) end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[2])) end
redis.call('PUBLISH', ARGV[3], 'gate ' .. ARGV[4] .. ' ' .. ARGV[2] .. ' ' .. ARGV[1])
return 1
`);

/** The gates that are closed, with for how many ms. */
export const GATES_READ = scriptOf(`${SERVER_TIME}
local closed = redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf', 'WITHSCORES')
for i = 2, #closed, 2 do closed[i] = math.ceil(tonumber(closed[i]) - now) end
return closed
`);
