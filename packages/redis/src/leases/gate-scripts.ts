import { defineScript } from '../scripts/script.js';
import { SERVER_TIME } from '../scripts/server-time.js';

/** Closes a gate for all processes, or extends its closure, and announces it. */
export const CLOSE_GATE = defineScript(`${SERVER_TIME}
local untilAt = now + tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local closedUntil = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not closedUntil or tonumber(closedUntil) < untilAt then redis.call('ZADD', KEYS[1], untilAt, ARGV[1]) end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[2])) end
redis.call('PUBLISH', ARGV[3], 'gate ' .. ARGV[4] .. ' ' .. ARGV[2] .. ' ' .. ARGV[1])
return 1
`);

/** Lists the closed gates: each name, and the ms until it opens. */
export const READ_GATES = defineScript(`${SERVER_TIME}
local closed = redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf', 'WITHSCORES')
for i = 2, #closed, 2 do closed[i] = math.ceil(tonumber(closed[i]) - now) end
return closed
`);
