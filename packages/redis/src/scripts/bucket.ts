/**
 * Tokens of a bucket, reckoned from the places of the ledger: it fills from the answers on, which is not before the platform's own
 * did. Reckoned also while nobody knows how the platform counts, to know when a bucket would have its next token.
 *
 * - `full`: when a bucket is full again, as far as attempts are answered
 * - `swept`: the last tick whose places `full` includes
 * - `emptyAt`, `poured`, `vague`: since when its refill is measured, what has flowed in since, and refusals too close together to
 *   measure by
 *
 * Lua that precedes the belief. `sweep()` brings the reckoning up to date.
 */
export const BUCKET = `
-- What a bucket holds, how long a token takes to flow in, and permits of attempts whose answer is not known.
local capacity, each, out = 1, 0, 0
-- So many tokens make a refill measurable.
local enough = 8

local function setTerms(most, faster)
  capacity, each = math.max(1, burst >= 0 and burst or most), window / most / (faster or 1)
end
local function pour(answered, n)
  belief.full = math.max(belief.full or 0, answered) + n * each
  belief.poured = (belief.poured or 0) + n
end
-- A process told when attempts were answered: places move from one tick to another, and what was swept already is set right.
local function repour(from, to, n)
  if not belief.swept then return end
  if from > 0 and from <= belief.swept then
    belief.full = (belief.full or 0) - n * each
    belief.poured = (belief.poured or 0) - n
  end
  if to <= belief.swept then pour(to * tick - window, n) end
end
-- Places under ticks that are no more than a window away are of attempts that were answered.
local function sweep()
  if enforcement == 'sliding' or belief.counts == 'sliding' or belief.counts == 'fixed' then
    belief.swept = nil
    return
  end
  local upTo = current + math.floor(window / tick)
  belief.swept = math.min(belief.swept or current, upTo)
  local from = math.max(current, belief.swept)
  if upTo > from then
    read(redis.call('ZRANGEBYSCORE', ticks, from + 1, upTo))
    -- Also those that this process has just told, which are not written yet.
    local answered = {}
    for at, n in pairs(count) do
      local number = tonumber(at)
      if n > 0 and number > from and number <= upTo then answered[#answered + 1] = number end
    end
    table.sort(answered)
    for _, at in ipairs(answered) do pour(at * tick - window, count[key(at)]) end
    belief.swept = upTo
  end
  read(redis.call('ZRANGEBYSCORE', ticks, belief.swept + 1, '+inf'))
  out = 0
  for at, n in pairs(count) do if tonumber(at) > belief.swept then out = out + n end end
end
-- When a bucket has so many tokens for attempts that are not out; beyond what it holds only answers make room.
local function tokenAt(n) return math.max(belief.full or 0, now) - (capacity - out - n) * each end
local function tokens()
  local missing = math.max(0, (belief.full or 0) - now) / each
  return math.max(0, math.floor(capacity - missing - out + 1e-6))
end
-- It refused, so it held less than one.
local function empty() belief.full = now + capacity * each end
-- What flowed in between two moments at which it was empty. Returns the limit which that makes, where it is a lower one.
local function measure(most)
  local ms, n = now - (belief.emptyAt or now), belief.poured or 0
  if ms > 0 and n < enough then
    belief.vague = (belief.vague or 0) + 1
    if belief.vague < 3 then return nil end
  end
  belief.emptyAt, belief.poured, belief.vague = now, 0, nil
  if ms <= 0 then return nil end
  if n < enough then return math.max(1, math.ceil(most / 2)) end
  local found = math.floor(n / ms * window + 0.5)
  return found < most * 0.97 and math.max(1, found) or nil
end
`;
