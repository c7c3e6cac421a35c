import { defineScript } from '../scripts/script.js';
import { SERVER_TIME } from '../scripts/server-time.js';

/** How long a token without a refresh token is kept, and at least how long its fence and epoch are, ms. */
const KEEP_MS = 86_400_000;
/** How long a token with a refresh token is kept after its last refresh, ms. No platform honours it longer. */
const KEEP_REFRESHABLE_MS = 90 * KEEP_MS;

/**
 * Reads a token newer than an epoch. Else grants the lock to fetch one, with the refresh token of the last token. Else returns how
 * long another process holds the lock. A lock of 0 ms only reads. Fences follow the clock, so that no fence repeats, not even after
 * Redis lost all data.
 */
export const CLAIM_TOKEN = defineScript(`${SERVER_TIME}
local epoch, encrypted, expiresAt, fence, lockedUntil =
  unpack(redis.call('HMGET', KEYS[1], 'epoch', 'encrypted', 'expiresAt', 'fence', 'lockedUntil'))
expiresAt = tonumber(expiresAt or 0)
if encrypted and tonumber(epoch) > tonumber(ARGV[1]) and (expiresAt == 0 or expiresAt > now) then
  return { 'token', epoch, encrypted, expiresAt == 0 and '-1' or string.format('%.0f', expiresAt - now) }
end
local lockMs = tonumber(ARGV[2])
if lockMs == 0 then return { 'wait', '0' } end
if tonumber(lockedUntil or 0) > now then return { 'wait', string.format('%.0f', math.ceil(tonumber(lockedUntil) - now)) } end
local nextFence = string.format('%.0f', math.max(tonumber(fence or 0) + 1, math.floor(now)))
redis.call('HSET', KEYS[1], 'fence', nextFence, 'lockedUntil', string.format('%.0f', math.floor(now + lockMs)))
if redis.call('PTTL', KEYS[1]) < ${KEEP_MS} then redis.call('PEXPIRE', KEYS[1], ${KEEP_MS}) end
return { 'fence', nextFence, encrypted or '' }
`);

/** Stores a token under the latest fence, and announces it. Under an older fence it does nothing. */
export const PUT_TOKEN = defineScript(`${SERVER_TIME}
local epoch, fence = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'fence'))
if fence ~= ARGV[1] then return false end
local nextEpoch = string.format('%.0f', math.max(tonumber(epoch or 0), tonumber(ARGV[2])) + 1)
local lifetime = tonumber(ARGV[4])
local expiresAt = lifetime < 0 and '0' or string.format('%.0f', now + lifetime)
redis.call('HSET', KEYS[1], 'epoch', nextEpoch, 'encrypted', ARGV[3], 'expiresAt', expiresAt, 'lockedUntil', '0')
redis.call('PEXPIRE', KEYS[1], ARGV[7] == '1' and ${KEEP_REFRESHABLE_MS} or ${KEEP_MS})
redis.call('PUBLISH', ARGV[5], 'token ' .. ARGV[6])
return nextEpoch
`);

/** Deletes a token of an epoch, and keeps the epoch, so that the next token is newer. Does nothing if a newer token is there. */
export const REMOVE_TOKEN = defineScript(`
if tonumber(redis.call('HGET', KEYS[1], 'epoch') or 0) > tonumber(ARGV[1]) then return 0 end
return redis.call('HDEL', KEYS[1], 'encrypted', 'expiresAt')
`);

/** Extends the lock to fetch a token, under the latest fence. */
export const RENEW_TOKEN_LOCK = defineScript(`${SERVER_TIME}
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'lockedUntil', string.format('%.0f', math.floor(now + tonumber(ARGV[2]))))
return 1
`);

/** Releases the lock to fetch a token, and announces it to the processes that wait. */
export const RELEASE_TOKEN_LOCK = defineScript(`
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'lockedUntil', '0')
redis.call('PUBLISH', ARGV[2], 'token ' .. ARGV[3])
return 1
`);
