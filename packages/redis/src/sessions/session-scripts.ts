import { defineScript } from '../scripts/script.js';
import { SERVER_TIME } from '../scripts/server-time.js';

/**
 * Claims a session key for a time: takes a free key, or extends the claim of its holder. A new session that replaces others announces
 * that to them.
 *
 * Fences follow the clock, so that a later session has the higher fence, also after Redis lost all data. The Redis key expires after
 * two claims: its holder, and each session that waits, claims again before.
 */
export const CLAIM_SESSION = defineScript(`${SERVER_TIME}
local session, fence, forMs, replaces = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1'
local fields = redis.call('HMGET', KEYS[1], 'holder', 'heldUntil', 'last', 'newest', 'waitsUntil', 'fence')
local holder, heldUntil, last = fields[1] or '', tonumber(fields[2] or 0), tonumber(fields[3] or 0)
local newest, waitsUntil = tonumber(fields[4] or 0), tonumber(fields[5] or 0)
local function text(number) return string.format('%.0f', number) end
if heldUntil <= now and holder ~= session then holder = '' end

-- The reply to the first claim of this session may have been lost.
if fence == 0 and holder == session then fence = tonumber(fields[6]) end
local isNew = fence == 0
if isNew then fence = math.max(last + 1, math.floor(now)) end
last = math.max(last, fence)
if isNew and replaces then
  newest = fence
  if holder ~= '' or waitsUntil > now then redis.call('PUBLISH', ARGV[5], 'session ' .. ARGV[6]) end
end
local has = holder == session or (holder == '' and fence >= newest)
if has then
  -- Rounded down, so that no session is told to wait longer than the claim lasts.
  holder, heldUntil = session, math.floor(now + forMs)
  redis.call('HSET', KEYS[1], 'fence', text(fence))
else
  waitsUntil = now + 2 * forMs
end
redis.call('HSET', KEYS[1], 'holder', holder, 'heldUntil', text(heldUntil), 'last', text(last), 'newest', text(newest),
  'waitsUntil', text(waitsUntil))
redis.call('PEXPIRE', KEYS[1], math.ceil(2 * forMs))
return { text(fence), has and 1 or 0, fence < newest and 1 or 0, text(math.max(0, math.ceil(heldUntil - now))) }
`);

/** Releases a session key, and announces it to the sessions that wait. */
export const LEAVE_SESSION = defineScript(`${SERVER_TIME}
local holder, waitsUntil = unpack(redis.call('HMGET', KEYS[1], 'holder', 'waitsUntil'))
if holder ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'holder', '')
if tonumber(waitsUntil or 0) > now then redis.call('PUBLISH', ARGV[2], 'session ' .. ARGV[3]) end
return 1
`);
