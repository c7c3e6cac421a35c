/**
 * Lua that estimates the tokens of the platform's bucket from the places of the ledger. A token counts as used from the answer on,
 * which is never before the platform counted it. The estimate is also kept while the way of counting is unknown: it says when a bucket
 * would have its next token.
 *
 * Fields of the estimate:
 * - `fullAt`: when the bucket is full again, as far as attempts are answered
 * - `sweptTick`: the last tick whose places `fullAt` includes
 * - `emptyAt`, `refilled`: since when the refill is measured, and the tokens that flowed in since
 * - `unclearRefusals`: refusals in a row that came too close together to measure the refill
 */
export const BUCKET = `
-- Tokens that a full bucket holds, ms per token, and permits of attempts without an answer.
local capacity, msPerToken, unanswered = 1, 0, 0
-- A refill of this many tokens can be measured.
local measurableTokens = 8

local function setBucketTerms(permits, factor)
  capacity, msPerToken = math.max(1, burst >= 0 and burst or permits), window / permits / (factor or 1)
end
local function addAnswered(answeredAt, n)
  estimate.fullAt = math.max(estimate.fullAt or 0, answeredAt) + n * msPerToken
  estimate.refilled = (estimate.refilled or 0) + n
end
-- A process reported when attempts were answered: their places move from one tick to another.
local function moveAnswered(from, to, n)
  if not estimate.sweptTick then return end
  if from > 0 and from <= estimate.sweptTick then
    estimate.fullAt = (estimate.fullAt or 0) - n * msPerToken
    estimate.refilled = (estimate.refilled or 0) - n
  end
  if to <= estimate.sweptTick then addAnswered(to * tick - window, n) end
end
-- Brings the estimate up to date. Places that become free within one window are those of answered attempts.
local function updateBucket()
  if enforcement == 'sliding' or estimate.counts == 'sliding' or estimate.counts == 'fixed' then
    estimate.sweptTick = nil
    return
  end
  local upTo = current + math.floor(window / tick)
  estimate.sweptTick = math.min(estimate.sweptTick or current, upTo)
  local from = math.max(current, estimate.sweptTick)
  if upTo > from then
    ensureLoaded(redis.call('ZRANGEBYSCORE', ticks, from + 1, upTo))
    -- Includes places that this process has just reported, which are not written yet.
    local answered = {}
    for at, n in pairs(count) do
      local number = tonumber(at)
      if n > 0 and number > from and number <= upTo then answered[#answered + 1] = number end
    end
    table.sort(answered)
    for _, at in ipairs(answered) do addAnswered(at * tick - window, count[formatTick(at)]) end
    estimate.sweptTick = upTo
  end
  ensureLoaded(redis.call('ZRANGEBYSCORE', ticks, estimate.sweptTick + 1, '+inf'))
  unanswered = 0
  for at, n in pairs(count) do if tonumber(at) > estimate.sweptTick then unanswered = unanswered + n end end
end
-- When the bucket has n tokens beside those of unanswered attempts. Beyond its capacity only answers make room.
local function tokensFreeAt(n) return math.max(estimate.fullAt or 0, now) - (capacity - unanswered - n) * msPerToken end
local function countTokens()
  local missing = math.max(0, (estimate.fullAt or 0) - now) / msPerToken
  return math.max(0, math.floor(capacity - missing - unanswered + 1e-6))
end
-- The platform refused, so its bucket held less than one token.
local function emptyBucket() estimate.fullAt = now + capacity * msPerToken end
-- Measures the refill between two times at which the bucket was empty. Returns the limit that follows, if it is lower.
local function measureRefill(permits)
  local ms, n = now - (estimate.emptyAt or now), estimate.refilled or 0
  if ms > 0 and n < measurableTokens then
    estimate.unclearRefusals = (estimate.unclearRefusals or 0) + 1
    if estimate.unclearRefusals < 3 then return nil end
  end
  estimate.emptyAt, estimate.refilled, estimate.unclearRefusals = now, 0, nil
  if ms <= 0 then return nil end
  if n < measurableTokens then return math.max(1, math.ceil(permits / 2)) end
  local found = math.floor(n / ms * window + 0.5)
  return found < permits * 0.97 and math.max(1, found) or nil
end
`;
