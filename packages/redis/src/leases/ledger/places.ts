/**
 * Lua that reads the places of the ledger. `count` holds the number of places per tick. Each tick is read once, and written once at the
 * end of the script.
 */
export const PLACES = `
local count, countBefore = {}, {}
-- Returns whether all numbers were whole.
local function loadPlaces(list)
  local areWhole = true
  for start = 1, #list, 500 do
    local part = {}
    for i = start, math.min(start + 499, #list) do part[#part + 1] = list[i] end
    for i, value in ipairs(redis.call('HMGET', places, unpack(part))) do
      local stored, at = tonumber(value or 0), part[i]
      count[at], countBefore[at] = wholeNumber(value or 0), stored or -1
      areWhole = areWhole and stored == count[at]
    end
  end
  return areWhole
end
local function listMissing(loaded, list)
  local missing = {}
  for _, at in ipairs(list) do if loaded[at] == nil then missing[#missing + 1] = at end end
  return missing
end
-- Computes the total anew, from the places of all ticks.
local function recount()
  for _, at in ipairs(redis.call('ZRANGEBYSCORE', ticks, '(' .. formatTick(farthestTick), '+inf')) do
    redis.call('ZREM', ticks, at)
    redis.call('HDEL', places, at)
    count[at] = nil
  end
  loadPlaces(listMissing(count, redis.call('ZRANGE', ticks, 0, -1)))
  total = 0
  for _, n in pairs(count) do total = total + n end
end
local function ensureLoaded(list)
  local missing = listMissing(count, list)
  if #missing > 0 and not loadPlaces(missing) then recount() end
end
local function addPlaces(at, n)
  ensureLoaded({ at })
  count[at] = count[at] + n
end
local function countPlaces(from, to)
  ensureLoaded(redis.call('ZRANGEBYSCORE', ticks, from, to))
  local sum = 0
  for at, n in pairs(count) do if tonumber(at) >= from and tonumber(at) <= to then sum = sum + n end end
  return sum
end
-- The time at which the first occupied place becomes free in any window.
local function oldestPlaceAt()
  return tonumber(redis.call('ZRANGEBYSCORE', ticks, current + 1, '+inf', 'LIMIT', 0, 1)[1] or 0) * tick
end

-- Places that are free by now are removed.
local freeTicks = redis.call('ZRANGEBYSCORE', ticks, '-inf', current)
if #freeTicks > 0 then
  for start = 1, #freeTicks, 500 do
    local part = {}
    for i = start, math.min(start + 499, #freeTicks) do part[#part + 1] = freeTicks[i] end
    for _, value in ipairs(redis.call('HMGET', places, unpack(part))) do total = (total or 0) - (tonumber(value or 0) or 0) end
    redis.call('HDEL', places, unpack(part))
  end
  redis.call('ZREMRANGEBYSCORE', ticks, '-inf', current)
end
local lastTick = redis.call('ZRANGE', ticks, -1, -1)[1]
if total ~= wholeNumber(total, -1) or (lastTick and tonumber(lastTick) > farthestTick) then recount() end
`;
