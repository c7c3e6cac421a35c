/**
 * Lua that learns from refusals: how the platform counts, and the limit that it enforces.
 *
 * Fields of the estimate:
 * - `learnedLimit`: the limit in force, if it is lower than the given one
 * - `raiseAt`, `raises`, `raisePause`, `limitBefore`: when the limit is next raised, how often it was raised since the last refusal,
 *   how many windows the first raise waits, and the limit before the last raise
 * - `refusedAt`: the last refusal that counted
 * - `loweredFrom`, `accepted`: the limit before that refusal, and the permits that the platform had accepted by then
 */
export const LEARNED_LIMIT = `
-- Concludes from the time until which the platform refused how it counts.
local function classifyRefusal(from, to)
  if enforcement == 'sliding' or to > now + window + 1500 then return end
  if estimate.edgeFrom then
    if not narrowEdge(from, to) then rejectEdge() end
    return
  end
  if enforcement == 'fixed' then return adoptEdge(from, to) end
  local isWindow = estimate.paced and estimate.paced >= currentLimit * wholeWindowPart and exceedsBucket()
  if estimate.paced and isNextToken(to) and not isWindow then
    setPaced(nil)
    estimate.counts, estimate.emptyAt, estimate.refilled, mustAnnounce = 'bucket', now, 0, true
    return emptyBucket()
  end
  if estimate.counts == 'bucket' and enforcement == 'auto' and not isNextToken(to) then
    estimate.counts, estimate.revisions, mustAnnounce = nil, (estimate.revisions or 0) + 1, true
  end
  if estimate.counts then return end
  if estimate.paced then setPaced(nil) end
  -- A sliding window refuses exactly until its oldest permit leaves it.
  local isEdge = isWindow or to < oldestPlaceAt() - 2 * tick or from > oldestPlaceAt()
  if isEdge and (estimate.revisions or 0) < 3 then
    adoptEdge(from, to)
    estimate.mayBeToken = isNextToken(to) and not isWindow or nil
  else
    estimate.counts, mustAnnounce = 'sliding', true
  end
end

-- The platform refused a lent permit. Refusals of permits that were sent before this one was reported say nothing new.
local function learnRefusal(sentAt, from, to, isTrial)
  if estimate.refusedAt and sentAt < estimate.refusedAt + horizon then return end
  local endsTrial = isTrial and estimate.trialUntil ~= nil
  -- The edge, or the next token, comes after the refused attempt was sent.
  if to >= 0 then from = math.max(from, math.min(sentAt, to)) end
  local endsEdgeTrial = estimate.edgeTriedAt and not estimate.edgeProven and sentAt - estimate.edgeTriedAt < window
  estimate.refusedAt, estimate.loweredFrom = now, nil
  if endsTrial then
    estimate.trialUntil, estimate.trialMs = nil, now - estimate.trialAt
  end
  local hadEdge, wasPaced = estimate.edgeFrom, estimate.paced
  if to >= 0 then classifyRefusal(from, to) elseif endsEdgeTrial then rejectEdge() end
  estimate.edgeTriedAt = nil
  deriveTerms()
  -- Such a refusal is about the way of counting, and not about the limit.
  if endsTrial or wasPaced or (hadEdge and not estimate.edgeFrom) then return end
  local raises = estimate.raises or 0
  local learned
  if raises > 0 then
    -- The platform refused what the last raise added.
    learned = estimate.limitBefore
    if isBucket then emptyBucket() end
  elseif isBucket then
    emptyBucket()
    learned = measureRefill(currentLimit)
  else
    -- The accepted permits, or half of the limit if that is more: a new ledger has seen few permits.
    estimate.loweredFrom, estimate.accepted = currentLimit, countPlaces(lastSpentTick + 1, current + math.ceil(window / tick))
    local half = currentLimit == unlimited and 1 or math.ceil(currentLimit / 2)
    learned = math.max(half, math.min(currentLimit, estimate.accepted))
    if currentLimit == unlimited then estimate.loweredFrom = -1 end
  end
  if not learned then return end
  estimate.learnedLimit = learned
  -- After a raise that was refused at once, the next one waits twice as long.
  estimate.raisePause = raises == 1 and math.min(12, (estimate.raisePause or 1) * 2) or 2
  estimate.raiseAt, estimate.raises, estimate.limitBefore, mustAnnounce = now + estimate.raisePause * window, nil, nil, true
end
-- The answer of an attempt that was sent before the refusal and arrived after it: the platform accepted this attempt too.
local function addLateAcceptance(from, to, n)
  if not estimate.loweredFrom or from * tick - validity - grace - window > estimate.refusedAt + tick then return end
  if to * tick - window > estimate.refusedAt + grace then return end
  estimate.accepted = estimate.accepted + n
  local ceiling = estimate.loweredFrom < 0 and unlimited or estimate.loweredFrom
  estimate.learnedLimit = math.max(estimate.learnedLimit or 1, math.min(ceiling, estimate.accepted))
end

-- Raises the learned limit while processes want more: by a little first, then by more.
local function raiseLimit()
  if not estimate.learnedLimit or now < estimate.raiseAt then return end
  local raises = estimate.raises or 0
  estimate.limitBefore, estimate.raises, estimate.loweredFrom = estimate.learnedLimit, raises + 1, nil
  estimate.learnedLimit = estimate.learnedLimit + math.min(2 ^ raises, math.ceil(estimate.learnedLimit / 8))
  estimate.raiseAt = now + window
  if estimate.learnedLimit >= limit then
    for _, name in ipairs({ 'learnedLimit', 'raiseAt', 'raises', 'limitBefore', 'raisePause' }) do estimate[name] = nil end
  end
  deriveTerms()
end

-- A process that remembers the estimate reports it to a ledger that lost it.
local function restoreEstimate(counts, from, to, learned)
  if next(estimate) then return end
  if counts ~= '' and (enforcement == 'auto' or enforcement == counts) then estimate.counts = counts end
  if counts == 'fixed' then
    estimate.counts = nil
    if to >= 0 then adoptEdge(from, to) end
  end
  if learned >= 0 and learned < limit then estimate.learnedLimit, estimate.raiseAt, estimate.raisePause = learned, now + 2 * window, 2 end
end
`;
