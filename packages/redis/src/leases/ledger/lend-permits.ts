/**
 * Lua that lends permits to a process that has demand: finds places that are free, or become free soon, and computes the part that the
 * process gets of them. Without enough permits it says when to ask again.
 */
export const LEND_PERMITS = `
local granted, askAt, active, isTrial = {}, now, 0, false
local expired = redis.call('ZRANGEBYSCORE', waiting, '-inf', now, 'LIMIT', 0, 64)
if #expired > 0 then
  redis.call('ZREM', waiting, unpack(expired))
  redis.call('ZREM', served, unpack(expired))
end
if demand > 0 and now < opensAt then
  askAt = opensAt
elseif demand > 0 then
  atOnce = math.min(math.max(atOnce, 1), currentLimit)
  active = redis.call('ZCARD', waiting)
  local servedSoFar = wholeNumber(redis.call('ZSCORE', served, process), -1)
  local leastServed = wholeNumber(redis.call('ZRANGE', served, 0, 0, 'WITHSCORES')[2])
  if servedSoFar < 0 then active, servedSoFar = active + 1, leastServed end
  -- A process that is ahead by a good part of a share gets only places that are free soon and that no other process took. A lead
  -- beyond one share is forgotten.
  local sharers = math.max(active, 4, math.min(redis.call('ZCARD', processes), 8))
  local lead = math.min(servedSoFar - leastServed, math.ceil(currentLimit / sharers))
  if usesFixedWindows then latestTick = math.min(latestTick, current + math.ceil(math.min(window / 8, 500) / tick)) end
  -- Nothing is lent ahead of a trial.
  local trialDueAt, edgeTrialDueAt = atOnce == 1 and nextTrialAt(), nextEdgeTrialAt()
  local anyTrialDueAt = math.min(trialDueAt or unlimited, edgeTrialDueAt or unlimited)
  if anyTrialDueAt < unlimited then latestTick = math.min(latestTick, math.floor(anyTrialDueAt / tick)) end
  if lead > 1 and lead > currentLimit / sharers / 4 then latestTick = math.min(latestTick, current + math.ceil(horizon / 4 / tick)) end
  -- Places in the order in which they become free: the free ones, then tick by tick up to one horizon after the first.
  local free = isBucket and countTokens() or math.max(0, currentLimit - total + freedAtEdge)
  local excess = math.max(0, total - freedAtEdge - currentLimit)
  if free < demand and total - freedAtEdge + demand > currentLimit then
    raiseLimit()
    free = isBucket and countTokens() or math.max(0, currentLimit - total + freedAtEdge)
  end
  -- A call that needs more tokens than the bucket ever holds overdraws a full bucket.
  if isBucket and atOnce > capacity and unanswered == 0 and (estimate.fullAt or 0) <= now then free = atOnce end
  local sendsTrial = false
  if free == 0 then
    free = countEdgeTrial()
    sendsTrial = free > 0
  end
  -- Paced permits occupy places of any window, so calls that accept no refusal get nothing ahead of time.
  local avoidsRefusal = estimate.paced ~= nil and not acceptsRefusal
  if avoidsRefusal then free = math.min(free, countTokens()) end
  local found, at, sum = {}, current, free
  if free > 0 then found[1] = { current, free } end
  local lastTickToLend = free > 0 and current + math.ceil(horizon / tick) or nil
  local offset, nextFreeInMs = 0, nil
  while not isBucket and not avoidsRefusal and not sendsTrial and (not lastTickToLend or at <= lastTickToLend or sum < atOnce)
    and not nextFreeInMs do
    local page = redis.call('ZRANGEBYSCORE', ticks, (usesFixedWindows and lastSpentTick or current) + 1, '+inf', 'LIMIT', offset, 64)
    if #page == 0 then break end
    ensureLoaded(page)
    offset = offset + #page
    for _, name in ipairs(page) do
      local n = count[name]
      at = placeFreeAt(tonumber(name))
      local skipped = math.min(excess, n)
      excess = excess - skipped
      n = n - skipped
      if n > 0 then
        -- At an edge many places become free at once. They are lent after all processes had time to report theirs.
        local early = math.max(at - latestTick, usesFixedWindows and tonumber(name) - current - window / tick or 0)
        if early > 0 then nextFreeInMs = early * tick - (usesFixedWindows and now - current * tick or 0); break end
        if not lastTickToLend then lastTickToLend = at + math.ceil(horizon / tick) end
        if at > lastTickToLend and sum >= atOnce then break end
        found[#found + 1] = { at, n, name }
        sum = sum + n
      end
    end
  end
  -- Tokens that will have flowed in.
  if isBucket then
    local upTo = math.min(math.max(demand, atOnce), capacity - unanswered, free + math.max(atOnce, math.floor(horizon / msPerToken)))
    for i = free + 1, upTo do
      -- The tokens of one call are reserved further ahead: other processes would otherwise take them one by one.
      if tokensFreeAt(i) > now + (i <= atOnce and window or math.max(horizon, window / 2)) then break end
      found[#found + 1] = { math.ceil(tokensFreeAt(i) / tick), 1 }
      sum = sum + 1
    end
    if sum < atOnce then nextFreeInMs = math.max(0, tokensFreeAt(atOnce) - now - horizon) end
  end
  -- Equal parts for all waiting processes, and for some that may come soon. Among very many processes no part is smaller than is worth
  -- an exchange. A process that is ahead gets a smaller part.
  local part = math.max(math.ceil(sum / sharers), math.min(16, math.ceil(sum / 500)))
  -- All of a fixed window comes at once: the least served process gets a whole share of it, the others a share minus their lead.
  if usesFixedWindows and lead < 1 then part = math.max(part, math.ceil(currentLimit / sharers)) end
  part = math.max(atOnce, math.ceil(part / 8), part - lead)
  local n = math.min(demand, part, sum)
  -- A process that is ahead leaves to the others what brings them level. Places that are free very soon are left over: it takes them.
  if lead >= 1 and atOnce == 1 and not isBucket then
    local soonTick, leftOver = current + math.ceil(horizon / 4 / tick), 0
    for _, place in ipairs(found) do if place[1] <= soonTick then leftOver = leftOver + place[2] end end
    local behind = redis.call('ZCOUNT', served, '-inf', '(' .. formatTick(servedSoFar))
    n = math.min(n, math.max(leftOver, sum - behind * math.min(lead, part)))
    if n == 0 and found[1] then nextFreeInMs = math.max(horizon / 4, (found[1][1] - current) * tick - horizon / 4) end
  end
  if n < atOnce then
    -- Permits may be reported long before they count as spent. A process that waited until then would always come after the others.
    askAt = now + math.max(tick, math.min(nextFreeInMs or 12 * tick, window / 4))
    -- Answers from just before the edge are reported just after it.
    if usesFixedWindows and now < lastEdgeTo + grace then askAt = math.min(askAt, now + math.max(tick, horizon)) end
    n = 0
    if trialDueAt and trialDueAt <= now then
      n, found, sendsTrial = 1, { { current, 1 } }, true
      startTrial()
    else
      askAt = math.min(askAt, math.max(anyTrialDueAt, now) + 1)
    end
  elseif sendsTrial then
    estimate.edgeTriedAt = lastEdgeTo
  end
  isTrial = (sendsTrial or estimate.paced ~= nil and isBucket) and n > 0
  if estimate.paced and isBucket then countPaced(n, n == sum) end
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
  -- Permits of one call are spent together, when the last of them is valid.
  if atOnce > 1 and n > 0 then granted = { { from, n } } end
  for _, one in ipairs(granted) do
    assert(one[2] >= 1 and one[2] == math.floor(one[2]), 'a ledger lends whole permits')
    one[3] = math.ceil((one[1] + validity + grace + window) / tick)
    addPlaces(formatTick(one[3]), one[2])
    total = total + one[2]
  end
  if n < demand then
    redis.call('ZADD', waiting, math.max(askAt, from) + math.max(2 * horizon, 1000), process)
    redis.call('ZADD', served, leastServed + lead + n, process)
  else
    redis.call('ZREM', waiting, process)
    redis.call('ZREM', served, process)
  end
end
`;
