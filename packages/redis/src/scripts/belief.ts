import { BUCKET } from './bucket.js';
import { TRIAL } from './trial.js';

/**
 * What a fleet believes of its platform: how it counts, where its fixed windows end, and how much it lets through. Kept in the
 * ledger as JSON, told to everybody with every answer.
 *
 * - `counts`: `fixed`, `sliding` or `bucket`, as far as known
 * - `from`, `to`, `at`: bounds of an edge of fixed windows, and when they were measured; `tried`: the edge after which a trial
 *   went; `proven`: it was not refused
 * - `learned`: the limit in force where it is not the given one; `raiseAt`, `grown`, `pause`, `before`: how it is tried higher
 * - `cutAt`, `cutFrom`, `found`: the last refusal that counted, the limit before it, and what had got through by then
 * - `guesses`: how often the way of counting turned out to be another
 *
 * The reckoning of a bucket (`BUCKET`) and the counting trial (`TRIAL`) keep theirs in it too. Lua that follows the reading of the ledger, and works on its `belief`. `look()` says what follows from it now.
 */
export const BELIEF = `
local most, aligned, isBucket, isNews
${BUCKET}
${TRIAL}
-- Clocks of two servers drift apart by no more than this, ms per ms.
local drift = 1e-4
-- The last edge that has surely passed; places under ticks up to spentBy are free if it was one, and are so many.
local edgeFrom, edgeTo, spentBy, gone

local function within(from, to)
  read(redis.call('ZRANGEBYSCORE', ticks, from, to))
  local sum = 0
  for at, n in pairs(count) do if tonumber(at) >= from and tonumber(at) <= to then sum = sum + n end end
  return sum
end
local function edgeBounds()
  if not belief.from then return -1, -1 end
  local margin = math.max(0, now - belief.at) * drift
  return belief.from - margin, belief.to + margin
end
local function forgetEdge()
  belief.from, belief.to, belief.counts, belief.proven, belief.tried, belief.against, belief.near = nil, nil, nil, nil, nil, nil, nil
end
local function look()
  local from, to = edgeBounds()
  -- Older than its error is small.
  if to - from > window / 2 then forgetEdge(); from = -1 end
  most = math.min(belief.learned or limit, limit)
  -- As long as it is only paced like a bucket, who cannot bear a refusal gets what any window allows as well.
  isBucket = belief.counts == 'bucket' or (belief.paced ~= nil and mayAsk)
  setTerms(most, belief.paced and faster)
  edgeFrom, edgeTo, spentBy, gone = nil, nil, current, 0
  if from >= 0 then
    local shift = math.floor((now - to) / window) * window
    edgeFrom, edgeTo = from + shift, to + shift
    spentBy = math.max(current, math.ceil((edgeFrom + window) / tick) - 1)
    -- A trial went after the edge before, and was not refused.
    if belief.tried and edgeTo - belief.tried > window / 2 then belief.proven = true end
  end
  aligned = edgeFrom and belief.proven
  if aligned and spentBy > current then gone = within(current + 1, spentBy) end
end

-- Of fixed windows a place is free when the window in which its permit was answered is surely over.
local function freeAt(at)
  if not aligned or at <= spentBy then return at end
  local windows = math.floor((at * tick - window - edgeFrom) / window) + 1
  return math.min(at, math.ceil((edgeTo + windows * window) / tick))
end
-- An edge that somebody measured: it makes the one that is known sharper, or contradicts it.
local function agrees(from, to)
  local least, latestTo = edgeBounds()
  local shift = math.floor((to - latestTo) / window + 0.5) * window
  local low, high = math.max(least + shift, from), math.min(latestTo + shift, to)
  if low > high then return false end
  belief.from, belief.to, belief.at, belief.against = low, high, now, nil
  return true
end
local function setEdge(from, to)
  if to - from > window / 2 then return end
  forgetEdge()
  if belief.paced then setPace(nil) end
  belief.counts, belief.from, belief.to, belief.at, isNews = 'fixed', from, to, now, true
end
-- It was wrong. The second time it is held to count any window.
local function refute()
  forgetEdge()
  belief.guesses = (belief.guesses or 0) + 1
  if enforcement == 'auto' and belief.guesses > 1 then belief.counts = 'sliding' end
  isNews = true
end

-- Answers told when the quota will be whole again, and agreed.
local function learnEdge(from, to)
  if enforcement == 'sliding' or belief.counts == 'bucket' or (belief.guesses or 0) > 1 then return end
  if not belief.from then return setEdge(from, to) end
  if agrees(from, to) then return end
  belief.against = (belief.against or 0) + 1
  if not belief.proven or belief.against > 1 then setEdge(from, to) end
end

-- How the platform counts, from the moment to which it refused.
local function classify(from, to, asked)
  if enforcement == 'sliding' or to > now + window + 1500 then return end
  if belief.from then
    if not agrees(from, to) then refute() end
    return
  end
  if enforcement == 'fixed' then return setEdge(from, to) end
  local isWindow = belief.paced and belief.paced >= most * allOfAWindow and isOverdrawn()
  if belief.paced and isSoon(to) and not isWindow then
    setPace(nil)
    belief.counts, belief.emptyAt, belief.poured, isNews = 'bucket', now, 0, true
    return empty()
  end
  if belief.counts == 'bucket' and enforcement == 'auto' and not isSoon(to) then
    belief.counts, belief.guesses, isNews = nil, (belief.guesses or 0) + 1, true
  end
  if belief.counts then return end
  if belief.paced then setPace(nil) end
  -- A sliding window asks for the moment at which the oldest leaves it, no sooner and no later.
  local isEdge = isWindow or to < oldest() - 2 * tick or from > oldest()
  if isEdge and (belief.guesses or 0) < 3 then
    setEdge(from, to)
    -- Or the next token of a bucket that somebody else uses too.
    belief.near = isSoon(to) and not isWindow or nil
  else
    belief.counts, isNews = 'sliding', true
  end
end

-- The platform refused what was lent. What was out, or at hand, when that was first told says the same again.
local function learnRefusal(sentAt, from, to, isTrial)
  if belief.cutAt and sentAt < belief.cutAt + horizon then return end
  local asked = isTrial and belief.awaited ~= nil
  -- The edge, or the next token, comes after the attempt that was refused.
  if to >= 0 then from = math.max(from, math.min(sentAt, to)) end
  local tried = belief.tried and not belief.proven and sentAt - belief.tried < window
  belief.cutAt, belief.cutFrom = now, nil
  if asked then
    belief.awaited, belief.slow = nil, now - belief.askedAt
  end
  local knew, paced = belief.from, belief.paced
  if to >= 0 then classify(from, to, asked) elseif tried then refute() end
  belief.tried = nil
  look()
  -- That was about how it counts, and not about how much.
  if asked or paced or (knew and not belief.from) then return end
  local grown = belief.grown or 0
  local learned
  if grown > 0 then
    -- Of what was tried beyond it.
    learned = belief.before
    if isBucket then empty() end
  elseif isBucket then
    empty()
    learned = measure(most)
  else
    -- What got through, or half of what it was where that is more: a ledger that is young saw little get through.
    belief.cutFrom, belief.found = most, within(spentBy + 1, current + math.ceil(window / tick))
    local half = most == unlimited and 1 or math.ceil(most / 2)
    learned = math.max(half, math.min(most, belief.found))
    if most == unlimited then belief.cutFrom = -1 end
  end
  if not learned then return end
  belief.learned = learned
  -- Each time that nothing came of it the next trial waits for longer.
  belief.pause = grown == 1 and math.min(12, (belief.pause or 1) * 2) or 2
  belief.raiseAt, belief.grown, belief.before, isNews = now + belief.pause * window, nil, nil, true
end
-- An answer that a refusal had overtaken: it got through too.
local function learnLate(from, to, n)
  if not belief.cutFrom or from * tick - valid - grace - window > belief.cutAt + tick then return end
  if to * tick - window > belief.cutAt + grace then return end
  belief.found = belief.found + n
  local ceiling = belief.cutFrom < 0 and unlimited or belief.cutFrom
  belief.learned = math.max(belief.learned or 1, math.min(ceiling, belief.found))
end

-- Wanted more, it is tried a little higher, then faster.
local function raise()
  if not belief.learned or now < belief.raiseAt then return end
  local grown = belief.grown or 0
  belief.before, belief.grown, belief.cutFrom = belief.learned, grown + 1, nil
  belief.learned = belief.learned + math.min(2 ^ grown, math.ceil(belief.learned / 8))
  belief.raiseAt = now + window
  if belief.learned >= limit then
    for _, name in ipairs({ 'learned', 'raiseAt', 'grown', 'before', 'pause' }) do belief[name] = nil end
  end
  look()
end

-- Whether an attempt at that moment would prove an edge: what a sliding window is about to have room for proves nothing.
local function isTelling(at) return oldest() - at >= math.max(window / 16, 2 * (belief.slow or 0)) + 2 * tick end
-- After an edge that is not proven: two that fit into the new window, and that any window would not allow. More than a bucket can
-- have by then, where it may be one.
local function tries()
  if not mayAsk or not edgeFrom or belief.proven or total < most or spentBy <= current then return 0 end
  if belief.tried and edgeTo - belief.tried < window / 2 or not isTelling(now) then return 0 end
  local few = belief.near and math.ceil(math.min(now - (belief.cutAt or 0), 1500) / each) + 2 or 2
  return math.max(0, math.min(few, most - total + within(current + 1, spentBy)))
end
-- The next edge that is to be tried: nothing is lent ahead of it.
local function triesAt()
  if not mayAsk or not edgeFrom or belief.proven or total < most then return nil end
  local at = edgeTo + window
  return not (belief.tried and at - belief.tried < 1.5 * window) and isTelling(at) and at or nil
end

-- A process that remembers tells a ledger that has forgotten.
local function recall(counts, from, to, learned)
  if next(belief) then return end
  if counts ~= '' and (enforcement == 'auto' or enforcement == counts) then belief.counts = counts end
  if counts == 'fixed' then
    belief.counts = nil
    if to >= 0 then setEdge(from, to) end
  end
  if learned >= 0 and learned < limit then belief.learned, belief.raiseAt, belief.pause = learned, now + 2 * window, 2 end
end
`;
