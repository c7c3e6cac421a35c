import { scriptOf } from '../link.js';
import { SERVER_TIME } from './time.js';

/**
 * Asks for a session key, for as long as is said: takes it where it is free, keeps it where it is had, and tells those before
 * where it takes their place.
 *
 * Fences follow the clock, so that a later session has a higher one also after everything was forgotten. The key is kept for two
 * claims: whoever has it or waits for it comes again before that.
 */
export const SESSION_CLAIM = scriptOf(`${SERVER_TIME}
local session, fence, forMs, replaces = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1'
local known = redis.call('HMGET', KEYS[1], 'holder', 'heldUntil', 'last', 'newest', 'waitsUntil', 'fence')
local holder, heldUntil, last = known[1] or '', tonumber(known[2] or 0), tonumber(known[3] or 0)
local newest, waitsUntil = tonumber(known[4] or 0), tonumber(known[5] or 0)
local function text(number) return string.format('%.0f', number) end
if heldUntil <= now and holder ~= session then holder = '' end

-- The answer to its first claim may have been lost.
if fence == 0 and holder == session then fence = tonumber(known[6]) end
local isNew = fence == 0
if isNew then fence = math.max(last + 1, math.floor(now)) end
last = math.max(last, fence)
if isNew and replaces then
  newest = fence
  if holder ~= '' or waitsUntil > now then redis.call('PUBLISH', ARGV[5], 'session ' .. ARGV[6]) end
end
local has = holder == session or (holder == '' and fence >= newest)
if has then
  holder, heldUntil = session, now + forMs
  redis.call('HSET', KEYS[1], 'fence', text(fence))
else
  waitsUntil = now + 2 * forMs
end
redis.call('HSET', KEYS[1], 'holder', holder, 'heldUntil', text(heldUntil), 'last', text(last), 'newest', text(newest),
  'waitsUntil', text(waitsUntil))
redis.call('PEXPIRE', KEYS[1], math.ceil(2 * forMs))
return { text(fence), has and 1 or 0, fence < newest and 1 or 0, text(math.max(0, math.ceil(heldUntil - now))) }
`);

/** Gives a session key up, and tells those who wait for it. */
export const SESSION_LEAVE = scriptOf(`${SERVER_TIME}
local holder, waitsUntil = unpack(redis.call('HMGET', KEYS[1], 'holder', 'waitsUntil'))
if holder ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'holder', '')
if tonumber(waitsUntil or 0) > now then redis.call('PUBLISH', ARGV[2], 'session ' .. ARGV[3]) end
return 1
`);
