/**
 * Lua that takes the report of a process: moves its places to the ticks at which they are free, and updates the estimate with the edge,
 * the refusal and the trial result that the process observed.
 */
export const LEARN_REPORT = `
setBucketTerms(readLimit(), estimate.paced and paceFactor)
local freedPlaces = false
-- A batch is applied once, also if the process repeats it.
if moveCount > 0 and batch > lastBatch then
  local list, isListed = {}, {}
  for i = firstMove, firstMove - 1 + 3 * moveCount, 3 do
    for j = i, i + 1 do
      if tonumber(ARGV[j]) > current and not isListed[ARGV[j]] then isListed[ARGV[j]] = true; list[#list + 1] = ARGV[j] end
    end
  end
  ensureLoaded(list)
  for i = firstMove, firstMove - 1 + 3 * moveCount, 3 do
    local from, to, n = ARGV[i], ARGV[i + 1], wholeNumber(ARGV[i + 2])
    if tonumber(to) > farthestTick then to = formatTick(farthestTick); ensureLoaded({ to }) end
    if from ~= '0' then
      -- A late report changes nothing: the place counts as spent at its latest time, and may be lent again already.
      if tonumber(from) > math.max(current, lentTo) then n = math.min(n, count[from]) else n = 0 end
      if n > 0 then count[from] = count[from] - n; total = total - n end
    end
    if n > 0 then
      if tonumber(to) > current then
        count[to] = count[to] + n
        total = total + n
        addLateAcceptance(tonumber(from), tonumber(to), n)
        moveAnswered(tonumber(from), tonumber(to), n)
      else
        freedPlaces = true
      end
    end
  end
  redis.call('HSET', places, batchField, batch)
end

restoreEstimate(ARGV[25], tonumber(ARGV[26]), tonumber(ARGV[27]), tonumber(ARGV[28]))
if enforcement ~= 'auto' and estimate.counts and estimate.counts ~= enforcement then forgetEdge() end
if enforcement == 'bucket' then estimate.counts = 'bucket' end
updateBucket()
deriveTerms()
-- A bucket is overdrawn by one whole quota at most.
if estimate.fullAt then estimate.fullAt = math.min(estimate.fullAt, now + capacity * msPerToken + window) end
if tonumber(ARGV[24]) >= 0 then learnEdge(tonumber(ARGV[23]), tonumber(ARGV[24])) end
if tonumber(ARGV[20]) >= 0 then learnRefusal(tonumber(ARGV[20]), tonumber(ARGV[21]), tonumber(ARGV[22]), trialResult == 'refused') end
learnTrialResult(trialResult)
deriveTerms()
limitPacedBurst()
`;
