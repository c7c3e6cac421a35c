import { BELIEF } from './belief.js';
import { REPAIR } from './repair.js';
import { SERVER_TIME } from './time.js';

/** The keys of {@link leaseScript}, in order. */
export const LEASE_KEYS = ['places', 'ticks', 'processes', 'waiting', 'served'] as const;

/**
 * The ledger of one quota, and the exchange with it.
 *
 * A limit is that many places. Each is taken by one permit after the other, never by two within a window: a permit's place is
 * free again one window after its answer, or after the last moment at which it can have been spent where nobody tells. So no
 * window holds more permits than there are places. The ledger counts places by the tick at which they will be free.
 *
 * Where the platform counts in fixed windows a place is free earlier, when the window of its answer is over; the tick under which
 * it is counted stays the same, so that a belief may change at any time. A bucket's tokens are reckoned beside them.
 *
 * - `places`: hash of tick → how many are free then, and what else is known of the quota
 * - `ticks`: those ticks in order
 * - `processes`: who spends it, by when they last came
 * - `waiting`: who wants more than there was, by how long that counts
 * - `served`: how much each of those has had; who comes to wait begins where the one who had least is
 *
 * Permits are whole numbers in every key: what is read is made whole (see `repair.ts`), what is lent and booked is checked.
 *
 * @param time Lua that sets `now` in ms.
 */
export function leaseScript(time = SERVER_TIME): string {
  return `${time}
${REPAIR}
local places, ticks, processes, waiting, served = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local limit, window, tick, valid, grace, horizon = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]),
  tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local process, known, batch = ARGV[7], ARGV[8], tonumber(ARGV[9])
local demand, whole = natural(ARGV[10]), natural(ARGV[11])
local leaving, returning = ARGV[12] == '1', ARGV[13] == '1'
local settle, present, news, scope = tonumber(ARGV[14]), tonumber(ARGV[15]), ARGV[16], ARGV[17]
local enforcement, burst, moves = ARGV[18], tonumber(ARGV[19]), tonumber(ARGV[30])
local mayAsk, mayBeTold, first = ARGV[29] ~= '0', ARGV[29] == '2', 31
-- What became of a trial, after the moves.
local trialTold = ARGV[first + 3 * moves] or ''
-- Of what the platform is said to allow, a part of a permit is none.
limit = limit < 0 and unlimited or math.max(1, math.floor(limit))
if burst >= 0 then burst = math.max(1, math.floor(burst)) end

local current = math.floor(now / tick)
-- What is free later than this is lent later: until then those who tell may still tell.
local latest = current + math.floor(window / 2 / tick)
local told = 'batch:' .. process
local meta = redis.call('HMGET', places, 'ledger', 'total', 'opensAt', 'lentTo', 'belief', told, 'at')
local ledger, total, opensAt = meta[1], tonumber(meta[2] or 0), sound(meta[3] or 0, 0, now + settle)
-- Nothing is free later than this, and nothing is lent ahead of it.
local farthest = current + math.ceil((3 * window + 2 * (valid + grace)) / tick)
-- The last tick of which places were lent before they were free.
local lentTo, last = sound(meta[4] or 0, 0, farthest) or current, natural(meta[6])
local belief = readBelief(meta[5] or '{}', now, window)
-- The clock was set back: all moments here are of a time that has yet to come, so the ledger begins anew.
local wasSetBack = ledger and now < (sound(meta[7], 0, 1e15) or 0) - settle
if not opensAt then
  opensAt = now
  if ledger then redis.call('HSET', places, 'opensAt', string.format('%.3f', now)) end
end

local function text(number) return string.format('%.3f', number) end
local function living()
  redis.call('ZADD', processes, now, process)
  local gone = redis.call('ZRANGEBYSCORE', processes, '-inf', now - present, 'LIMIT', 0, 16)
  for _, one in ipairs(gone) do
    redis.call('ZREM', processes, one)
    redis.call('HDEL', places, 'batch:' .. one)
  end
  return redis.call('ZCARD', processes)
end
local function keep()
  local ms = math.ceil(math.max(present, 2 * (window + valid + grace)))
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ms) end
end

-- A store that is short of memory may have thrown out one key and not the other.
if wasSetBack or (ledger and natural(total) > 0 and redis.call('EXISTS', ticks) == 0) then
  redis.call('DEL', places, waiting, served)
  ledger, total, last, lentTo, belief = false, 0, 0, 0, {}
end
if not ledger then
  -- Somebody knew another one: it was lost, and what counted there is told before anything is lent.
  ledger = process .. ':' .. text(now)
  opensAt = known == '' and not wasSetBack and now or now + settle
  redis.call('DEL', ticks)
  redis.call('HSET', places, 'ledger', ledger, 'total', 0, 'opensAt', text(opensAt), 'lentTo', 0)
  if known ~= '' or wasSetBack then redis.call('PUBLISH', news, 'quota ' .. scope) end
end
-- Who was on its own has spent what is not known here, and may not have been the only one. Not again and again for each of them.
if returning and known == ledger and now > opensAt + 20 * settle then
  opensAt = now + settle
  redis.call('HSET', places, 'opensAt', text(opensAt))
  redis.call('PUBLISH', news, 'quota ' .. scope)
end
if known ~= '' and known ~= ledger then
  local count = living()
  keep()
  return { ledger, text(now), count, 0, limit == unlimited and '-1' or tostring(limit), text(now), '', '-1', '-1', 0 }
end

-- Counts by tick, read once and written once.
local count, before = {}, {}
local function fetch(list)
  local isWhole = true
  for start = 1, #list, 500 do
    local part = {}
    for i = start, math.min(start + 499, #list) do part[#part + 1] = list[i] end
    for i, value in ipairs(redis.call('HMGET', places, unpack(part))) do
      local raw, at = tonumber(value or 0), part[i]
      count[at], before[at] = natural(value or 0), raw or -1
      isWhole = isWhole and raw == count[at]
    end
  end
  return isWhole
end
local function without(known, list)
  local missing = {}
  for _, at in ipairs(list) do if known[at] == nil then missing[#missing + 1] = at end end
  return missing
end
-- Counts all places anew.
local function recount()
  for _, at in ipairs(redis.call('ZRANGEBYSCORE', ticks, '(' .. string.format('%.0f', farthest), '+inf')) do
    redis.call('ZREM', ticks, at)
    redis.call('HDEL', places, at)
    count[at] = nil
  end
  fetch(without(count, redis.call('ZRANGE', ticks, 0, -1)))
  total = 0
  for _, n in pairs(count) do total = total + n end
end
local function read(list)
  local missing = without(count, list)
  if #missing > 0 and not fetch(missing) then recount() end
end
local function add(at, n)
  read({ at })
  count[at] = count[at] + n
end
local function key(number) return string.format('%.0f', number) end

${BELIEF}
-- Places that are free by now are forgotten.
local past = redis.call('ZRANGEBYSCORE', ticks, '-inf', current)
if #past > 0 then
  for start = 1, #past, 500 do
    local part = {}
    for i = start, math.min(start + 499, #past) do part[#part + 1] = past[i] end
    for _, value in ipairs(redis.call('HMGET', places, unpack(part))) do total = (total or 0) - (tonumber(value or 0) or 0) end
    redis.call('HDEL', places, unpack(part))
  end
  redis.call('ZREMRANGEBYSCORE', ticks, '-inf', current)
end
local farTick = redis.call('ZRANGE', ticks, -1, -1)[1]
if total ~= natural(total, -1) or (farTick and tonumber(farTick) > farthest) then recount() end

-- What the process tells, once.
setTerms(math.min(belief.learned or limit, limit), belief.paced and faster)
local returned = false
if moves > 0 and batch > last then
  local list, at = {}, {}
  for i = first, first - 1 + 3 * moves, 3 do
    for j = i, i + 1 do
      if tonumber(ARGV[j]) > current and not at[ARGV[j]] then at[ARGV[j]] = true; list[#list + 1] = ARGV[j] end
    end
  end
  read(list)
  for i = first, first - 1 + 3 * moves, 3 do
    local from, to, n = ARGV[i], ARGV[i + 1], natural(ARGV[i + 2])
    if tonumber(to) > farthest then to = key(farthest); read({ to }) end
    if from ~= '0' then
      -- Too late: it counts as spent at its latest, and may be lent again already.
      if tonumber(from) > math.max(current, lentTo) then n = math.min(n, count[from]) else n = 0 end
      if n > 0 then count[from] = count[from] - n; total = total - n end
    end
    if n > 0 then
      if tonumber(to) > current then
        count[to] = count[to] + n
        total = total + n
        learnLate(tonumber(from), tonumber(to), n)
        repour(tonumber(from), tonumber(to), n)
      else
        returned = true
      end
    end
  end
  redis.call('HSET', places, told, batch)
end

recall(ARGV[25], tonumber(ARGV[26]), tonumber(ARGV[27]), tonumber(ARGV[28]))
if enforcement ~= 'auto' and belief.counts and belief.counts ~= enforcement then forgetEdge() end
if enforcement == 'bucket' then belief.counts = 'bucket' end
sweep()
look()
-- No bucket is emptier than one that was overdrawn by a whole quota.
if belief.full then belief.full = math.min(belief.full, now + capacity * each + window) end
if tonumber(ARGV[24]) >= 0 then learnEdge(tonumber(ARGV[23]), tonumber(ARGV[24])) end
if tonumber(ARGV[20]) >= 0 then learnRefusal(tonumber(ARGV[20]), tonumber(ARGV[21]), tonumber(ARGV[22]), trialTold == 'refused') end
learnTrial(trialTold)
look()
boundPace()

local granted, askAt, active, isTrial = {}, now, 0, false
local tired = redis.call('ZRANGEBYSCORE', waiting, '-inf', now, 'LIMIT', 0, 64)
if #tired > 0 then
  redis.call('ZREM', waiting, unpack(tired))
  redis.call('ZREM', served, unpack(tired))
end
if demand > 0 and now < opensAt then
  askAt = opensAt
elseif demand > 0 then
  whole = math.min(math.max(whole, 1), most)
  active = redis.call('ZCARD', waiting)
  local had = natural(redis.call('ZSCORE', served, process), -1)
  local least = natural(redis.call('ZRANGE', served, 0, 0, 'WITHSCORES')[2])
  if had < 0 then active, had = active + 1, least end
  -- Who had a good part of a share more than the others takes what would be left over: places that are free soon and that
  -- nobody took. More than a share is forgiven.
  local sharing = math.max(active, 4, math.min(redis.call('ZCARD', processes), 8))
  local ahead = math.min(had - least, math.ceil(most / sharing))
  if aligned then latest = math.min(latest, current + math.ceil(math.min(window / 8, 500) / tick)) end
  -- Nothing is lent ahead of a moment at which something is to be found out.
  local due, tried = whole == 1 and trialAt(), triesAt()
  local asksAt = math.min(due or unlimited, tried or unlimited)
  if asksAt < unlimited then latest = math.min(latest, math.floor(asksAt / tick)) end
  if ahead > 1 and ahead > most / sharing / 4 then latest = math.min(latest, current + math.ceil(horizon / 4 / tick)) end
  -- Places in the order in which they will be free: those that are, then tick by tick, as far as the horizon of the first.
  local free, skip = isBucket and tokens() or math.max(0, most - total + gone), math.max(0, total - gone - most)
  if free < demand and total - gone + demand > most then
    raise()
    free = isBucket and tokens() or math.max(0, most - total + gone)
  end
  -- What is more than a bucket ever holds overdraws a full one.
  if isBucket and whole > capacity and out == 0 and (belief.full or 0) <= now then free = whole end
  local trial = false
  if free == 0 then
    free = tries()
    trial = free > 0
  end
  -- What is paced makes no room for what any window allows: nothing is lent ahead.
  local isMeek = belief.paced ~= nil and not mayAsk
  if isMeek then free = math.min(free, tokens()) end
  local found, at, sum = {}, current, free
  if free > 0 then found[1] = { current, free } end
  local last = free > 0 and current + math.ceil(horizon / tick) or nil
  local offset, beyondMs = 0, nil
  while not isBucket and not isMeek and not trial and (not last or at <= last or sum < whole) and not beyondMs do
    local page = redis.call('ZRANGEBYSCORE', ticks, (aligned and spentBy or current) + 1, '+inf', 'LIMIT', offset, 64)
    if #page == 0 then break end
    read(page)
    offset = offset + #page
    for _, name in ipairs(page) do
      local n = count[name]
      at = freeAt(tonumber(name))
      local passing = math.min(skip, n)
      skip = skip - passing
      n = n - passing
      if n > 0 then
        -- At an edge many are free at once: not before all had time to tell of theirs.
        local early = math.max(at - latest, aligned and tonumber(name) - current - window / tick or 0)
        if early > 0 then beyondMs = early * tick - (aligned and now - current * tick or 0); break end
        if not last then last = at + math.ceil(horizon / tick) end
        if at > last and sum >= whole then break end
        found[#found + 1] = { at, n, name }
        sum = sum + n
      end
    end
  end
  -- Tokens that will have flowed in.
  if isBucket then
    local upTo = math.min(math.max(demand, whole), capacity - out, free + math.max(whole, math.floor(horizon / each)))
    for i = free + 1, upTo do
      -- What one call needs is kept for it: as long as others come it would never be there at one moment.
      if tokenAt(i) > now + (i <= whole and window or math.max(horizon, window / 2)) then break end
      found[#found + 1] = { math.ceil(tokenAt(i) / tick), 1 }
      sum = sum + 1
    end
    if sum < whole then beyondMs = math.max(0, tokenAt(whole) - now - horizon) end
  end
  -- Equal parts for all who wait, and for some who may be about to come; with very many of them no smaller than is worth the
  -- exchange, and smaller for those who had more.
  local part = math.max(math.ceil(sum / sharing), math.min(16, math.ceil(sum / 500)))
  -- All of a fixed window comes at once: who had least is given a whole share of it, the others that much less.
  if aligned and ahead < 1 then part = math.max(part, math.ceil(most / sharing)) end
  part = math.max(whole, math.ceil(part / 8), part - ahead)
  local n = math.min(demand, part, sum)
  -- Who had more leaves to those who had less what brings them level, until it is so near that nobody else came for it.
  if ahead >= 1 and whole == 1 and not isBucket then
    local near, left = current + math.ceil(horizon / 4 / tick), 0
    for _, place in ipairs(found) do if place[1] <= near then left = left + place[2] end end
    local behind = redis.call('ZCOUNT', served, '-inf', '(' .. key(had))
    n = math.min(n, math.max(left, sum - behind * math.min(ahead, part)))
    if n == 0 and found[1] then beyondMs = math.max(horizon / 4, (found[1][1] - current) * tick - horizon / 4) end
  end
  if n < whole then
    -- What is out may be told of long before it is assumed spent: who waits for that would always come after the others.
    askAt = now + math.max(tick, math.min(beyondMs or 12 * tick, window / 4))
    -- What was answered just before the edge is told just after it.
    if aligned and now < edgeTo + grace then askAt = math.min(askAt, now + math.max(tick, horizon)) end
    n = 0
    if due and due <= now then
      n, found, trial = 1, { { current, 1 } }, true
      lendTrial()
    else
      askAt = math.min(askAt, math.max(asksAt, now) + 1)
    end
  elseif trial then
    belief.tried = edgeTo
  end
  isTrial = (trial or belief.paced ~= nil and isBucket) and n > 0
  if belief.paced and isBucket then notePaced(n, n == sum) end
  local left, from = n, now
  for _, place in ipairs(found) do
    if left == 0 then break end
    local taken = math.min(left, place[2])
    left = left - taken
    from = place[1] > current and place[1] * tick or now
    granted[#granted + 1] = { from, taken }
    local name = place[3]
    if name then
      count[name] = count[name] - taken
      total = total - taken
      lentTo = math.max(lentTo, tonumber(name))
    end
  end
  -- Those that have to go together go with the last of them.
  if whole > 1 and n > 0 then granted = { { from, n } } end
  for _, one in ipairs(granted) do
    assert(one[2] >= 1 and one[2] == math.floor(one[2]), 'a ledger lends whole permits')
    one[3] = math.ceil((one[1] + valid + grace + window) / tick)
    add(key(one[3]), one[2])
    total = total + one[2]
  end
  if n < demand then
    redis.call('ZADD', waiting, math.max(askAt, from) + math.max(2 * horizon, 1000), process)
    redis.call('ZADD', served, least + ahead + n, process)
  else
    redis.call('ZREM', waiting, process)
    redis.call('ZREM', served, process)
  end
end

local set, emptied, order = {}, {}, {}
for at, value in pairs(count) do
  if value ~= before[at] and tonumber(at) > current then
    assert(value >= 0 and value == math.floor(value), 'a ledger counts whole places')
    if value > 0 then
      set[#set + 1] = at
      set[#set + 1] = value
      if before[at] == 0 then
        order[#order + 1] = at
        order[#order + 1] = at
      end
    else
      emptied[#emptied + 1] = at
    end
  end
end
local function write(command, target, list, size)
  for start = 1, #list, size do
    local part = {}
    for i = start, math.min(start + size - 1, #list) do part[#part + 1] = list[i] end
    redis.call(command, target, unpack(part))
  end
end
for name, value in pairs(belief) do if type(value) == 'number' and not sound(value, -1e15, 1e15) then belief[name] = nil end end
for _, one in ipairs({ 'total', total, 'lentTo', key(lentTo), 'belief', cjson.encode(belief), 'at', text(now) }) do set[#set + 1] = one end
write('HSET', places, set, 1000)
write('ZADD', ticks, order, 1000)
write('HDEL', places, emptied, 1000)
write('ZREM', ticks, emptied, 1000)
if (returned and redis.call('ZCARD', waiting) > 0) or isNews then redis.call('PUBLISH', news, 'quota ' .. scope) end

local living_count
if leaving then
  redis.call('ZREM', processes, process)
  redis.call('ZREM', waiting, process)
  redis.call('ZREM', served, process)
  redis.call('HDEL', places, told)
  living_count = redis.call('ZCARD', processes)
else
  living_count = living()
end
keep()
local contended = (active > 1 or (total >= most / 2 and living_count > 1)) and 1 or 0
local from, to = edgeBounds()
local reply = { ledger, text(now), living_count, contended, most == unlimited and '-1' or tostring(most), text(askAt),
  belief.counts or '', text(from), text(to), isTrial and 1 or 0 }
for _, one in ipairs(granted) do
  reply[#reply + 1] = text(one[1])
  reply[#reply + 1] = one[2]
  reply[#reply + 1] = key(one[3])
end
return reply
`;
}
