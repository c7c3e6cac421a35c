/**
 * Lua of the counting trial. One process sends one attempt beyond the limit, at the time at which a bucket has its next token, while all
 * others wait. Its answer shows how the platform counts.
 *
 * - Refused until much later: the answer names the edge of a fixed window, or the time at which a sliding window has room.
 * - Accepted, or refused until very soon: the platform may use a bucket. Permits are then lent at the rate of its refill, an eighth
 *   faster, until the platform refuses one. A bucket refuses until its next token, a fixed window until its edge.
 * - If the platform refuses nothing in that time, it does not enforce the limit, and the limit holds in any window.
 *
 * Fields of the estimate:
 * - `trialAt`, `trialUntil`, `trials`: time of the last trial, how long its answer is awaited, and the number of trials so far
 * - `trialMs`: how long the answer of a trial took, as far as the ledger knows
 * - `paced`: permits lent at the rate of a refill since the bucket was last full
 * - `pacedSince`, `surplus`: when pacing began, and the tokens that the bucket held then
 */
export const COUNTING_TRIAL = `
-- Paced permits are lent this much faster than a bucket fills.
local paceFactor = 9 / 8
-- A platform is no bucket once it accepted this many permits, and this part of the limit, beyond its tokens.
local overdraft = { permits = 2, part = 1 / 8 }
-- A refusal after this part of the limit marks the edge of a window that began with the pacing.
local wholeWindowPart = 0.9

local function readLimit() return math.min(estimate.learnedLimit or limit, limit) end
local function setPaced(paced)
  local missing = math.max(0, (estimate.fullAt or 0) - now) / msPerToken
  estimate.paced = paced
  setBucketTerms(readLimit(), paced and paceFactor)
  estimate.fullAt = now + missing * msPerToken
end
-- After a time without demand, paced permits go in bursts of this part of the limit at most, or of what one call needs.
local function limitPacedBurst()
  local largest = math.max(2, math.ceil(currentLimit * overdraft.part), atOnce)
  if estimate.paced then estimate.fullAt = math.max(estimate.fullAt or 0, now + (capacity - largest) * msPerToken) end
end
local function startPacing()
  -- Tokens that the bucket holds by our count are not lent at once. The platform accepts that many more before it refuses.
  estimate.surplus, estimate.pacedSince = countTokens(), now
  setPaced(0)
  emptyBucket()
  mustAnnounce = true
end
-- Whether a refusal until this time may mean the next token of a bucket.
local function isNextToken(to) return to - now <= math.ceil(window / readLimit() / 1000) * 1000 + 200 end

-- Whether the answer of a trial is awaited. The process of the trial may die before it reports.
local function isTrialPending() return estimate.trialUntil and now < estimate.trialUntil and estimate.trialUntil < now + 60000 end

-- The trial was answered, or never sent.
local function learnTrialResult(result)
  if result == '' or not estimate.trialUntil then return end
  estimate.trialUntil = nil
  if result == 'passed' then
    estimate.trialMs = now - estimate.trialAt
    if enforcement == 'auto' and not estimate.counts and not estimate.learnedLimit and not estimate.paced then startPacing() end
  end
end
-- Accepted permits beyond the refill.
local function measureOverdraft() return estimate.paced - unanswered - (now - (estimate.pacedSince or now)) / (window / currentLimit) end
-- Whether the platform accepted more than any bucket would, however late its answers come.
local function exceedsBucket()
  return measureOverdraft() >= (estimate.surplus or 0) + math.ceil(2 * (estimate.trialMs or 0) / msPerToken) + overdraft.permits
end
-- Counts permits lent at the rate of a refill. More than a whole bucket spent without a refusal: the platform enforces no limit.
local function countPaced(n, areAll)
  if (estimate.fullAt or 0) <= now and not areAll then estimate.paced, estimate.pacedSince, estimate.surplus = 0, now, capacity end
  local isUnenforced = measureOverdraft() >= currentLimit * overdraft.part and exceedsBucket()
  estimate.paced = estimate.paced + (areAll and n or 0)
  if not isUnenforced then return end
  setPaced(nil)
  estimate.counts, mustAnnounce = 'sliding', true
end

-- When the next trial may be sent. Nil: not before something changes.
local function nextTrialAt()
  if not acceptsRefusal or answersNameEdge or enforcement == 'sliding' or limit == unlimited then return nil end
  if estimate.counts or estimate.paced or estimate.learnedLimit then return nil end
  if total < currentLimit then return nil end
  local at = math.max(opensAt, tokensFreeAt(1))
  if isTrialPending() then at = math.max(at, estimate.trialUntil) end
  if estimate.trialAt then at = math.max(at, estimate.trialAt + ((estimate.trials or 0) < 4 and window / 4 or 12 * window)) end
  -- Of many unanswered attempts, the platform might refuse another one in place of the trial.
  if unanswered * 10 > currentLimit then at = math.max(at, now + math.min(500, math.max(horizon, window / 40))) end
  -- A sliding window that has room soon answers like a bucket.
  return oldestPlaceAt() - at > window / 4 and at or nil
end
local function startTrial()
  estimate.trialAt, estimate.trials = now, (estimate.trials or 0) + 1
  estimate.trialUntil = now + validity + grace + 2 * (estimate.trialMs or 0)
end
`;
