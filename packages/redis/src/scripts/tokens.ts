import { scriptOf } from '../link.js';
import { SERVER_TIME } from './time.js';

/** What is known of a token whose lifetime nobody told is kept for so long, and its fence and epoch at least, ms. */
const KEEP_MS = 86_400_000;
/** A token with a refresh token is kept for so long after its last refresh, ms: beyond that platforms have forgotten it. */
const KEEP_REFRESHABLE_MS = 90 * KEEP_MS;

/**
 * A newer token than that of an epoch, or the right to fetch one with the refresh token of the last, or how long somebody else has it. Fences follow the clock, so
 * that none comes twice, not even after everything was forgotten. For 0 ms: only a look.
 */
export const TOKEN_CLAIM = scriptOf(`${SERVER_TIME}
local epoch, sealed, expiresAt, fence, lockedUntil = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'sealed', 'expiresAt', 'fence', 'lockedUntil'))
expiresAt = tonumber(expiresAt or 0)
if sealed and tonumber(epoch) > tonumber(ARGV[1]) and (expiresAt == 0 or expiresAt > now) then
  return { 'token', epoch, sealed, expiresAt == 0 and '-1' or string.format('%.0f', expiresAt - now) }
end
local forMs = tonumber(ARGV[2])
if forMs == 0 then return { 'wait', '0' } end
if tonumber(lockedUntil or 0) > now then return { 'wait', string.format('%.0f', math.ceil(tonumber(lockedUntil) - now)) } end
local next = string.format('%.0f', math.max(tonumber(fence or 0) + 1, math.floor(now)))
redis.call('HSET', KEYS[1], 'fence', next, 'lockedUntil', string.format('%.0f', now + forMs))
if redis.call('PTTL', KEYS[1]) < ${KEEP_MS} then redis.call('PEXPIRE', KEYS[1], ${KEEP_MS}) end
return { 'fence', next, sealed or '' }
`);

/** Hands a token on, if the fence is the last that was given. */
export const TOKEN_PUT = scriptOf(`${SERVER_TIME}
local epoch, fence = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'fence'))
if fence ~= ARGV[1] then return false end
local next = string.format('%.0f', math.max(tonumber(epoch or 0), tonumber(ARGV[2])) + 1)
local lifetime = tonumber(ARGV[4])
local expiresAt = lifetime < 0 and '0' or string.format('%.0f', now + lifetime)
redis.call('HSET', KEYS[1], 'epoch', next, 'sealed', ARGV[3], 'expiresAt', expiresAt, 'lockedUntil', '0')
redis.call('PEXPIRE', KEYS[1], ARGV[7] == '1' and ${KEEP_REFRESHABLE_MS} or ${KEEP_MS})
redis.call('PUBLISH', ARGV[5], 'token ' .. ARGV[6])
return next
`);

/** The right to fetch for longer, if the fence is the last that was given. */
export const TOKEN_RENEW = scriptOf(`${SERVER_TIME}
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'lockedUntil', string.format('%.0f', now + tonumber(ARGV[2])))
return 1
`);

/** Gives the right to fetch back, and tells those who wait. */
export const TOKEN_RELEASE = scriptOf(`
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'lockedUntil', '0')
redis.call('PUBLISH', ARGV[2], 'token ' .. ARGV[3])
return 1
`);
