import { scriptOf } from '../link.js';
import { SERVER_TIME } from './time.js';

/**
 * KEYS: the order of the letters, the letters, when they expire, who has them. A holder is 'fence until', and stays there when its
 * time is over, for the next one to know that the letter may have been sent. What is too old and in nobody's hands goes first, some
 * at a time; all four expire with the last letter. Fences and places follow the clock, so that none comes twice, not even after
 * everything was forgotten.
 */
const LETTERS = `${SERVER_TIME}
local order, letters, expiry, holders = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local function holder(id)
  local found = redis.call('HGET', holders, id)
  if not found then return nil, 0 end
  local fence, untilAt = string.match(found, '^(%S+) (%S+)$')
  return fence, tonumber(untilAt)
end
local function forget(id)
  redis.call('ZREM', order, id)
  redis.call('HDEL', letters, id)
  redis.call('ZREM', expiry, id)
  redis.call('HDEL', holders, id)
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 100)) do
  local _, untilAt = holder(id)
  if untilAt <= now then forget(id) end
end
`;

const whole = (number: string): string => `string.format('%.0f', ${number})`;

/** Keeps a letter: its id, itself, for how long, and how many there may be. Answers with the ids of those that had to go. */
export const LETTER_PUT = scriptOf(`${LETTERS}
local id, forMs, most = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])
local _, untilAt = holder(id)
if redis.call('HEXISTS', letters, id) == 1 then
  if untilAt <= now then redis.call('HSET', letters, id, ARGV[2]) end
  return {}
end
local gone = {}
local over = redis.call('ZCARD', order) + 1 - most
if over > 0 then
  gone = redis.call('ZRANGE', order, 0, over - 1)
  for _, old in ipairs(gone) do forget(old) end
end
local last = redis.call('ZRANGE', order, -1, -1, 'WITHSCORES')[2]
redis.call('ZADD', order, ${whole('math.max(math.floor(now), tonumber(last or 0) + 1)')}, id)
redis.call('HSET', letters, id, ARGV[2])
redis.call('ZADD', expiry, ${whole('now + forMs')}, id)
for _, key in ipairs(KEYS) do
  if redis.call('PTTL', key) < forMs then redis.call('PEXPIRE', key, ${whole('math.ceil(forMs)')}) end
end
return gone
`);

/** Some letters after a place: the place of the last of them where there are more, else '', and then the letters. */
export const LETTER_LIST = scriptOf(`${LETTERS}
local limit = tonumber(ARGV[2])
local found = redis.call('ZRANGEBYSCORE', order, '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
local page = { '' }
for i = 1, math.min(#found, 2 * limit), 2 do
  page[#page + 1] = redis.call('HGET', letters, found[i])
  if #found > 2 * limit then page[1] = found[i + 1] end
end
return page
`);

/** Takes a letter: its id and for how long. Answers with the letter, the fence, and whether somebody had it before. */
export const LETTER_CLAIM = scriptOf(`${LETTERS}
local id, forMs = ARGV[1], tonumber(ARGV[2])
local letter = redis.call('HGET', letters, id)
local fence, untilAt = holder(id)
if not letter or untilAt > now then return false end
local next = ${whole('math.max(tonumber(fence or 0) + 1, math.floor(now))')}
redis.call('HSET', holders, id, next .. ' ' .. ${whole('now + forMs')})
local left = redis.call('PTTL', letters)
if redis.call('PTTL', holders) < left then redis.call('PEXPIRE', holders, left) end
return { letter, next, fence and '1' or '' }
`);

/** Has a letter for longer: id, fence, for how long. */
export const LETTER_RENEW = scriptOf(`${LETTERS}
local id = ARGV[1]
if holder(id) ~= ARGV[2] then return 0 end
redis.call('HSET', holders, id, ARGV[2] .. ' ' .. ${whole('now + tonumber(ARGV[3])')})
return 1
`);

/** Gives a letter back: id, fence, and the letter, or '' where it is done with. */
export const LETTER_SETTLE = scriptOf(`${LETTERS}
local id = ARGV[1]
if holder(id) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  forget(id)
else
  redis.call('HSET', letters, id, ARGV[3])
  redis.call('HDEL', holders, id)
end
return 1
`);

/** Deletes a letter that nobody has. */
export const LETTER_DELETE = scriptOf(`${LETTERS}
local id = ARGV[1]
local _, untilAt = holder(id)
if untilAt > now or redis.call('HEXISTS', letters, id) == 0 then return 0 end
forget(id)
return 1
`);
