import { defineScript } from '../scripts/script.js';
import { SERVER_TIME } from '../scripts/server-time.js';

/** The Redis keys of all scripts here, in order. */
export const INBOX_KEYS = ['events', 'lanes', 'ready', 'timed', 'claims', 'dead', 'done', 'numbers'] as const;

/** An inbox that no process opens for this long is deleted, with its dead letters: 30 days. */
const KEEP_MS = 30 * 86_400_000;

/**
 * Start of each script.
 *
 * - `events` holds each event as 'lane place attempts JSON'. The lane is a digest of the event's key, or ''.
 * - `lanes` sorts the events that have a lane: 'lane place id', all with the score 0.
 * - `ready` sorts by place the events that may be claimed. Of each lane it has the first event only.
 * - `timed` sorts claimed events and events that wait for a retry, by the time at which they may be claimed.
 * - `claims` holds 'fence drops' of each claimed event. An expired claim stays valid until another claim replaces it.
 * - `dead` sorts the dead letters, `done` the remembered identifiers by the time at which they are forgotten.
 * - `numbers` has the last place and the last fence. Both follow the clock in microseconds, so that none repeats, not even after Redis
 *   lost all data.
 */
const INBOX = `${SERVER_TIME}
local events, lanes, ready, timed, claims, dead, done, numbers = unpack(KEYS)
local function text(number) return string.format('%.0f', number) end
local function nextNumber(name)
  local last = tonumber(redis.call('HGET', numbers, name) or 0)
  local number = math.max(math.floor(now * 1000), last + 1)
  redis.call('HSET', numbers, name, text(number))
  return text(number)
end
local function readEvent(id)
  local found = redis.call('HGET', events, id)
  if not found then return nil end
  local lane, place, attempts, at = string.match(found, '^(%S*) (%S+) (%S+) ()')
  return { lane = lane, place = place, attempts = attempts, json = string.sub(found, at) }
end
local function writeEvent(id, event)
  redis.call('HSET', events, id, event.lane .. ' ' .. event.place .. ' ' .. event.attempts .. ' ' .. event.json)
end
local function laneMember(id, event) return event.lane .. ' ' .. string.format('%016.0f', tonumber(event.place)) .. ' ' .. id end
local function firstOfLane(lane)
  local member = redis.call('ZRANGEBYLEX', lanes, '[' .. lane .. ' ', '(' .. lane .. '!', 'LIMIT', 0, 1)[1]
  return member and string.match(member, '^%S+ %S+ (.*)$')
end
local function makeReady(id, event, channel, message)
  redis.call('ZADD', ready, event.place, id)
  redis.call('PUBLISH', channel, message)
end
local function append(id, event, channel, message)
  writeEvent(id, event)
  if event.lane == '' then return makeReady(id, event, channel, message) end
  local first = firstOfLane(event.lane)
  redis.call('ZADD', lanes, 0, laneMember(id, event))
  if not first then makeReady(id, event, channel, message) end
end
local function readClaim(id)
  local found = redis.call('HGET', claims, id)
  if not found then return nil, -1 end
  local fence, drops = string.match(found, '^(%S+) (%S+)$')
  return fence, tonumber(drops)
end
local function keepKeys()
  for _, key in ipairs(KEYS) do
    if redis.call('PTTL', key) < ${KEEP_MS / 2} then redis.call('PEXPIRE', key, ${KEEP_MS}) end
  end
end
`;

/** Adds an event: id, lane, attempts, JSON, largest number of events, channel, message. */
export const ADD_EVENT = defineScript(`${INBOX}
local id = ARGV[1]
redis.call('ZREMRANGEBYSCORE', done, '-inf', now)
if redis.call('HEXISTS', events, id) == 1 or redis.call('ZSCORE', done, id) then return 'known' end
if redis.call('HLEN', events) >= tonumber(ARGV[5]) then return 'full' end
append(id, { lane = ARGV[2], place = nextNumber('place'), attempts = ARGV[3], json = ARGV[4] }, ARGV[6], ARGV[7])
keepKeys()
return 'added'
`);

/**
 * Claims events: largest number, ms. Returns the ms until the next event may be due, or '', and then of each claim the attempts, the
 * JSON, the fence and the drops.
 */
export const CLAIM_EVENTS = defineScript(`${INBOX}
local limit, forMs = tonumber(ARGV[1]), tonumber(ARGV[2])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', timed, '-inf', now, 'LIMIT', 0, limit + 100)) do
  redis.call('ZREM', timed, id)
  local event = readEvent(id)
  if event then redis.call('ZADD', ready, event.place, id) end
end
local reply = { '' }
for _, id in ipairs(redis.call('ZRANGE', ready, 0, limit - 1)) do
  redis.call('ZREM', ready, id)
  local event = readEvent(id)
  if event then
    local _, drops = readClaim(id)
    local fence = nextNumber('fence')
    redis.call('HSET', claims, id, fence .. ' ' .. text(drops + 1))
    redis.call('ZADD', timed, text(now + forMs), id)
    for _, part in ipairs({ event.attempts, event.json, fence, text(drops + 1) }) do reply[#reply + 1] = part end
  end
end
local first = redis.call('ZRANGE', timed, 0, 0, 'WITHSCORES')[2]
if redis.call('ZCARD', ready) > 0 then reply[1] = '0'
elseif first then reply[1] = text(math.max(0, math.ceil(tonumber(first) - now))) end
keepKeys()
return reply
`);

/** Extends a claim: id, fence, ms. */
export const RENEW_EVENT = defineScript(`${INBOX}
local id = ARGV[1]
if readClaim(id) ~= ARGV[2] then return 0 end
redis.call('ZREM', ready, id)
redis.call('ZADD', timed, text(now + tonumber(ARGV[3])), id)
return 1
`);

/** Ends a claim: id, fence, kind, channel, message, and of `retry` and `dead` the attempts, the JSON and the ms, of `done` two limits. */
export const SETTLE_EVENT = defineScript(`${INBOX}
local id, kind, channel, message = ARGV[1], ARGV[3], ARGV[4], ARGV[5]
local event = readEvent(id)
if not event or readClaim(id) ~= ARGV[2] then return 0 end
redis.call('ZREM', ready, id)
redis.call('ZREM', timed, id)
redis.call('HDEL', claims, id)
if kind == 'retry' then
  event.attempts, event.json = ARGV[6], ARGV[7]
  writeEvent(id, event)
  if tonumber(ARGV[8]) <= 0 then
    makeReady(id, event, channel, message)
  else
    redis.call('ZADD', timed, text(now + tonumber(ARGV[8])), id)
    redis.call('PUBLISH', channel, message)
  end
  keepKeys()
  return 1
end
if event.lane ~= '' then
  redis.call('ZREM', lanes, laneMember(id, event))
  local first = firstOfLane(event.lane)
  if first then makeReady(first, readEvent(first), channel, message) end
end
if kind == 'dead' then
  event.place, event.attempts, event.json = nextNumber('place'), ARGV[6], ARGV[7]
  writeEvent(id, event)
  redis.call('ZADD', dead, event.place, id)
else
  redis.call('HDEL', events, id)
  redis.call('ZADD', done, text(now + tonumber(ARGV[6])), id)
  local excess = redis.call('ZCARD', done) - tonumber(ARGV[7])
  if excess > 0 then
    for _, old in ipairs(redis.call('ZRANGE', done, 0, math.min(excess, 100) - 1)) do redis.call('ZREM', done, old) end
  end
end
keepKeys()
return 1
`);

/** Lists dead letters after a place. Returns the place of the last one if more follow, else '', and then their attempts and JSON. */
export const LIST_DEAD_EVENTS = defineScript(`${INBOX}
local limit = tonumber(ARGV[2])
local found = redis.call('ZRANGEBYSCORE', dead, '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
local page = { '' }
for i = 1, math.min(#found, 2 * limit), 2 do
  local event = readEvent(found[i])
  page[#page + 1] = event.attempts
  page[#page + 1] = event.json
  if #found > 2 * limit then page[1] = event.place end
end
return page
`);

/** Moves a dead letter to the end of the queue: id, channel, message. */
export const REVIVE_EVENT = defineScript(`${INBOX}
local id = ARGV[1]
if redis.call('ZREM', dead, id) == 0 then return 0 end
local event = readEvent(id)
event.place, event.attempts = nextNumber('place'), '0'
append(id, event, ARGV[2], ARGV[3])
keepKeys()
return 1
`);

/** Deletes a dead letter. */
export const DELETE_DEAD_EVENT = defineScript(`${INBOX}
if redis.call('ZREM', dead, ARGV[1]) == 0 then return 0 end
redis.call('HDEL', events, ARGV[1])
return 1
`);

/** Counts all events, and the dead letters among them. */
export const COUNT_EVENTS = defineScript(`${INBOX}
return { redis.call('HLEN', events), redis.call('ZCARD', dead) }
`);
