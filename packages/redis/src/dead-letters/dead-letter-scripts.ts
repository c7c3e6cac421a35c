import { defineScript } from '../scripts/script.js';
import { SERVER_TIME } from '../scripts/server-time.js';

/** The Redis keys of all scripts here, in order. */
export const LETTER_KEYS = ['order', 'letters', 'expiry', 'holders'] as const;

/**
 * Start of each script. `order` sorts the letters, `letters` holds them, `expiry` has their expiry times, `holders` who claimed them.
 *
 * A holder is stored as 'fence until'. It stays after `until` has passed: the next holder then knows that the letter may have been
 * sent. Each script deletes up to 100 expired letters that nobody holds. All four Redis keys expire with the last letter. Fences and
 * positions follow the clock, so that none repeats, not even after Redis lost all data.
 */
const LETTERS = `${SERVER_TIME}
local order, letters, expiry, holders = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local function readHolder(id)
  local found = redis.call('HGET', holders, id)
  if not found then return nil, 0 end
  local fence, untilAt = string.match(found, '^(%S+) (%S+)$')
  return fence, tonumber(untilAt)
end
local function deleteLetter(id)
  redis.call('ZREM', order, id)
  redis.call('HDEL', letters, id)
  redis.call('ZREM', expiry, id)
  redis.call('HDEL', holders, id)
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 100)) do
  local _, untilAt = readHolder(id)
  if untilAt <= now then deleteLetter(id) end
end
`;

const formatInteger = (number: string): string => `string.format('%.0f', ${number})`;

/** Stores a letter: id, letter, lifetime in ms, largest number of letters. Returns the ids of older letters that it deleted. */
export const PUT_LETTER = defineScript(`${LETTERS}
local id, forMs, most = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])
local _, untilAt = readHolder(id)
if redis.call('HEXISTS', letters, id) == 1 then
  if untilAt <= now then redis.call('HSET', letters, id, ARGV[2]) end
  return {}
end
local deleted = {}
local excess = redis.call('ZCARD', order) + 1 - most
if excess > 0 then
  deleted = redis.call('ZRANGE', order, 0, excess - 1)
  for _, old in ipairs(deleted) do deleteLetter(old) end
end
local last = redis.call('ZRANGE', order, -1, -1, 'WITHSCORES')[2]
redis.call('ZADD', order, ${formatInteger('math.max(math.floor(now), tonumber(last or 0) + 1)')}, id)
redis.call('HSET', letters, id, ARGV[2])
redis.call('ZADD', expiry, ${formatInteger('now + forMs')}, id)
for _, key in ipairs(KEYS) do
  if redis.call('PTTL', key) < forMs then redis.call('PEXPIRE', key, ${formatInteger('math.ceil(forMs)')}) end
end
return deleted
`);

/** Lists letters after a position. Returns the position of the last one if more follow, else '', and then the letters. */
export const LIST_LETTERS = defineScript(`${LETTERS}
local limit = tonumber(ARGV[2])
local found = redis.call('ZRANGEBYSCORE', order, '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
local page = { '' }
for i = 1, math.min(#found, 2 * limit), 2 do
  page[#page + 1] = redis.call('HGET', letters, found[i])
  if #found > 2 * limit then page[1] = found[i + 1] end
end
return page
`);

/** Claims a letter: id, ms. Returns the letter, the fence, and whether an earlier holder never settled it. */
export const CLAIM_LETTER = defineScript(`${LETTERS}
local id, forMs = ARGV[1], tonumber(ARGV[2])
local letter = redis.call('HGET', letters, id)
local fence, untilAt = readHolder(id)
if not letter or untilAt > now then return false end
local nextFence = ${formatInteger('math.max(tonumber(fence or 0) + 1, math.floor(now))')}
redis.call('HSET', holders, id, nextFence .. ' ' .. ${formatInteger('now + forMs')})
local left = redis.call('PTTL', letters)
if redis.call('PTTL', holders) < left then redis.call('PEXPIRE', holders, left) end
return { letter, nextFence, fence and '1' or '' }
`);

/** Extends the claim of a letter: id, fence, ms. */
export const RENEW_LETTER = defineScript(`${LETTERS}
local id = ARGV[1]
if readHolder(id) ~= ARGV[2] then return 0 end
redis.call('HSET', holders, id, ARGV[2] .. ' ' .. ${formatInteger('now + tonumber(ARGV[3])')})
return 1
`);

/** Ends the claim of a letter: id, fence, and the letter to keep, or '' to delete it. */
export const SETTLE_LETTER = defineScript(`${LETTERS}
local id = ARGV[1]
if readHolder(id) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  deleteLetter(id)
else
  redis.call('HSET', letters, id, ARGV[3])
  redis.call('HDEL', holders, id)
end
return 1
`);

/** Deletes a letter that nobody holds. */
export const DELETE_LETTER = defineScript(`${LETTERS}
local id = ARGV[1]
local _, untilAt = readHolder(id)
if untilAt > now or redis.call('HEXISTS', letters, id) == 0 then return 0 end
deleteLetter(id)
return 1
`);
