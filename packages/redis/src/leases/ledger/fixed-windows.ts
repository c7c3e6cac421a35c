/**
 * Lua that estimates the edges of the platform's fixed windows.
 *
 * Fields of the estimate:
 * - `counts`: how the platform counts, as far as known: `fixed`, `sliding` or `bucket`
 * - `edgeFrom`, `edgeTo`, `edgeAt`: bounds of one edge, and when they were measured
 * - `edgeTriedAt`: the last edge after which an edge trial was sent
 * - `edgeProven`: an edge trial was not refused
 * - `contradictions`: answers that named another edge
 * - `mayBeToken`: the edge may be the next token of a bucket that other clients use too
 * - `revisions`: how often the way of counting was wrong
 *
 * An edge trial proves an edge: right after it, permits are sent that no sliding window would accept.
 */
export const FIXED_WINDOWS = `
-- Largest drift between the clocks of two servers, ms per ms.
local clockDrift = 1e-4
-- Bounds of the last edge that has certainly passed. Places up to lastSpentTick are free since then, freedAtEdge in number.
local lastEdgeFrom, lastEdgeTo, lastSpentTick, freedAtEdge

-- The bounds of the edge now: they widen with the drift of the clocks.
local function readEdge()
  if not estimate.edgeFrom then return -1, -1 end
  local margin = math.max(0, now - estimate.edgeAt) * clockDrift
  return estimate.edgeFrom - margin, estimate.edgeTo + margin
end
local function forgetEdge()
  estimate.edgeFrom, estimate.edgeTo, estimate.edgeProven, estimate.edgeTriedAt = nil, nil, nil, nil
  estimate.counts, estimate.contradictions, estimate.mayBeToken = nil, nil, nil
end
-- Derives from the estimate what holds now: the limit in force, the terms of a bucket, the last edge.
local function deriveTerms()
  local from, to = readEdge()
  -- An edge known too imprecisely is useless.
  if to - from > window / 2 then forgetEdge(); from = -1 end
  currentLimit = math.min(estimate.learnedLimit or limit, limit)
  -- While pacing only tests for a bucket, calls that accept no refusal get what any window allows.
  isBucket = estimate.counts == 'bucket' or (estimate.paced ~= nil and acceptsRefusal)
  setBucketTerms(currentLimit, estimate.paced and paceFactor)
  lastEdgeFrom, lastEdgeTo, lastSpentTick, freedAtEdge = nil, nil, current, 0
  if from >= 0 then
    local shift = math.floor((now - to) / window) * window
    lastEdgeFrom, lastEdgeTo = from + shift, to + shift
    lastSpentTick = math.max(current, math.ceil((lastEdgeFrom + window) / tick) - 1)
    -- The trial after the edge before this one was not refused.
    if estimate.edgeTriedAt and lastEdgeTo - estimate.edgeTriedAt > window / 2 then estimate.edgeProven = true end
  end
  usesFixedWindows = lastEdgeFrom and estimate.edgeProven
  if usesFixedWindows and lastSpentTick > current then freedAtEdge = countPlaces(current + 1, lastSpentTick) end
end

-- In fixed windows a place is free once the window in which its permit was answered has certainly ended.
local function placeFreeAt(at)
  if not usesFixedWindows or at <= lastSpentTick then return at end
  local windows = math.floor((at * tick - window - lastEdgeFrom) / window) + 1
  return math.min(at, math.ceil((lastEdgeTo + windows * window) / tick))
end
-- Intersects the edge with one that a process measured. Returns false if they contradict each other.
local function narrowEdge(from, to)
  local knownFrom, knownTo = readEdge()
  local shift = math.floor((to - knownTo) / window + 0.5) * window
  local low, high = math.max(knownFrom + shift, from), math.min(knownTo + shift, to)
  if low > high then return false end
  estimate.edgeFrom, estimate.edgeTo, estimate.edgeAt, estimate.contradictions = low, high, now, nil
  return true
end
local function adoptEdge(from, to)
  if to - from > window / 2 then return end
  forgetEdge()
  if estimate.paced then setPaced(nil) end
  estimate.counts, estimate.edgeFrom, estimate.edgeTo, estimate.edgeAt, mustAnnounce = 'fixed', from, to, now, true
end
-- The edge was wrong. After the second wrong one the limit holds in any window.
local function rejectEdge()
  forgetEdge()
  estimate.revisions = (estimate.revisions or 0) + 1
  if enforcement == 'auto' and estimate.revisions > 1 then estimate.counts = 'sliding' end
  mustAnnounce = true
end
-- Answers named the time at which the quota is whole again.
local function learnEdge(from, to)
  if enforcement == 'sliding' or estimate.counts == 'bucket' or (estimate.revisions or 0) > 1 then return end
  if not estimate.edgeFrom then return adoptEdge(from, to) end
  if narrowEdge(from, to) then return end
  estimate.contradictions = (estimate.contradictions or 0) + 1
  if not estimate.edgeProven or estimate.contradictions > 1 then adoptEdge(from, to) end
end

-- Whether an edge trial at this time would prove the edge. A sliding window that is about to have room would accept it too.
local function isConclusive(at) return oldestPlaceAt() - at >= math.max(window / 16, 2 * (estimate.trialMs or 0)) + 2 * tick end
-- Permits for an edge trial now: two that fit into the new window, and that no sliding window accepts. Where the edge may be a token of
-- a bucket: more than the bucket can have by now.
local function countEdgeTrial()
  if not acceptsRefusal or not lastEdgeFrom or estimate.edgeProven then return 0 end
  if total < currentLimit or lastSpentTick <= current then return 0 end
  if estimate.edgeTriedAt and lastEdgeTo - estimate.edgeTriedAt < window / 2 or not isConclusive(now) then return 0 end
  local few = estimate.mayBeToken and math.ceil(math.min(now - (estimate.refusedAt or 0), 1500) / msPerToken) + 2 or 2
  return math.max(0, math.min(few, currentLimit - total + countPlaces(current + 1, lastSpentTick)))
end
-- The next edge for an edge trial. Nothing is lent ahead of it.
local function nextEdgeTrialAt()
  if not acceptsRefusal or not lastEdgeFrom or estimate.edgeProven or total < currentLimit then return nil end
  local at = lastEdgeTo + window
  return not (estimate.edgeTriedAt and at - estimate.edgeTriedAt < 1.5 * window) and isConclusive(at) and at or nil
end
`;
