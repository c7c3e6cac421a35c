/**
 * The counting trial of a fleet: one process sends one attempt beyond the limit, at the moment at which a bucket has its next
 * token, while all others wait. Its answer tells everybody how the platform counts.
 *
 * - Refused until much later, it points at the edge of a fixed window or at the moment at which a sliding one has room.
 * - Accepted, or refused until very soon, it may be a bucket. Then permits are lent at the pace of its refill, and a little
 *   faster, until the platform refuses one: a bucket refuses until its next token, a fixed window until its edge.
 * - Where nothing is refused in that time, nobody enforces the limit, and it holds in any window.
 *
 * - `askedAt`, `awaited`, `asks`: when the last trial was lent, until when its answer is awaited, and trials so far
 * - `slow`: how long its answer took, as far as the ledger can tell
 * - `paced`: permits lent at the pace of a refill since the bucket was last full; `pacedAt`,
 *   `surplus`: since when, and what it held then
 *
 * Lua that follows the bucket's, and precedes what a refusal means.
 */
export const TRIAL = `
-- By so much faster than a bucket would fill.
local faster = 9 / 8
-- At least so many more than it holds, and this part of the limit, before it is no bucket.
local overdraft = { least = 2, part = 1 / 8 }
-- Refused after this part of the limit it is the edge of a window that began with the pace.
local allOfAWindow = 0.9

local function most_() return math.min(belief.learned or limit, limit) end
local function setPace(paced)
  local missing = math.max(0, (belief.full or 0) - now) / each
  belief.paced = paced
  setTerms(most_(), paced and faster)
  belief.full = now + missing * each
end
-- Where nobody wanted a permit for some time, no more than this part of the limit goes at once, or what one call needs.
local function boundPace()
  local atOnce = math.max(2, math.ceil(most * overdraft.part), whole)
  if belief.paced then belief.full = math.max(belief.full or 0, now + (capacity - atOnce) * each) end
end
local function beginPace()
  -- What it holds by our count is not lent at once, and has to be spent before it refuses.
  belief.surplus, belief.pacedAt = tokens(), now
  setPace(0)
  empty()
  isNews = true
end
-- A platform that refuses until so soon may be a bucket: its next token is meant.
local function isSoon(to) return to - now <= math.ceil(window / most_() / 1000) * 1000 + 200 end

-- Whether the answer of a trial is still to come. A process may die between asking and being answered.
local function isAwaited() return belief.awaited and now < belief.awaited and belief.awaited < now + 60000 end

-- The trial was answered, or never sent.
local function learnTrial(told)
  if told == '' or not belief.awaited then return end
  belief.awaited = nil
  if told == 'passed' then
    belief.slow = now - belief.askedAt
    if enforcement == 'auto' and not belief.counts and not belief.learned and not belief.paced then beginPace() end
  end
end
-- Whether so many more than a refill were accepted that no bucket bears it, however late its answers are.
local function overdrawn() return belief.paced - out - (now - (belief.pacedAt or now)) / (window / most) end
local function isOverdrawn()
  return overdrawn() >= (belief.surplus or 0) + math.ceil(2 * (belief.slow or 0) / each) + overdraft.least
end
-- What was lent at the pace of a refill. All of a bucket and more was spent, and nothing refused: nobody enforces the limit.
local function notePaced(n, areAll)
  if (belief.full or 0) <= now and not areAll then belief.paced, belief.pacedAt, belief.surplus = 0, now, capacity end
  local isNone = overdrawn() >= most * overdraft.part and isOverdrawn()
  belief.paced = belief.paced + (areAll and n or 0)
  if not isNone then return end
  setPace(nil)
  belief.counts, isNews = 'sliding', true
end

-- When the oldest place is free in any window.
local function oldest()
  return tonumber(redis.call('ZRANGEBYSCORE', ticks, current + 1, '+inf', 'LIMIT', 0, 1)[1] or 0) * tick
end
-- When a trial may go; nil: not before something changes.
local function trialAt()
  if not mayAsk or mayBeTold or enforcement == 'sliding' or belief.counts or belief.paced or belief.learned or limit == unlimited then
    return nil
  end
  if total < most then return nil end
  local at = math.max(opensAt, tokenAt(1))
  if isAwaited() then at = math.max(at, belief.awaited) end
  if belief.askedAt then at = math.max(at, belief.askedAt + ((belief.asks or 0) < 4 and window / 4 or 12 * window)) end
  -- Others that are still on their way would be refused in its place.
  if out * 10 > most then at = math.max(at, now + math.min(500, math.max(horizon, window / 40))) end
  -- A sliding window that has room soon says the same as a bucket.
  return oldest() - at > window / 4 and at or nil
end
local function lendTrial()
  belief.askedAt, belief.asks = now, (belief.asks or 0) + 1
  belief.awaited = now + valid + grace + 2 * (belief.slow or 0)
end
`;
