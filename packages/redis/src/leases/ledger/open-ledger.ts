/**
 * Lua that opens the ledger: reads its fields, starts a new ledger where there is none or the clock of Redis was set back, and
 * postpones lending while processes still report to it what they spent. A process that knows another ledger gets a short reply: it
 * has to report its permits before it receives any.
 */
export const OPEN_LEDGER = `
local current = math.floor(now / tick)
-- Places that become free later than this are lent later: until then their processes may report an earlier tick.
local latestTick = current + math.floor(window / 2 / tick)
local batchField = 'batch:' .. process
local fields = redis.call('HMGET', places, 'ledger', 'total', 'opensAt', 'lentTo', 'estimate', batchField, 'writtenAt')
local ledger, total, opensAt = fields[1], tonumber(fields[2] or 0), numberWithin(fields[3] or 0, 0, now + settle)
-- No place becomes free later than this, and none is lent further ahead.
local farthestTick = current + math.ceil((3 * window + 2 * (validity + grace)) / tick)
-- The last tick whose places were lent before they were free.
local lentTo, lastBatch = numberWithin(fields[4] or 0, 0, farthestTick) or current, wholeNumber(fields[6])
local estimate = readEstimate(fields[5] or '{}', now, window)
-- After the clock was set back, all stored times lie in the future, so a new ledger starts.
local wasSetBack = ledger and now < (numberWithin(fields[7], 0, 1e15) or 0) - settle
if not opensAt then
  opensAt = now
  if ledger then redis.call('HSET', places, 'opensAt', string.format('%.3f', now)) end
end

local function formatMs(number) return string.format('%.3f', number) end
local function formatTick(number) return string.format('%.0f', number) end
-- Notes this process, removes processes that are absent, and returns the number of the others.
local function countProcesses()
  redis.call('ZADD', processes, now, process)
  local absent = redis.call('ZRANGEBYSCORE', processes, '-inf', now - present, 'LIMIT', 0, 16)
  for _, one in ipairs(absent) do
    redis.call('ZREM', processes, one)
    redis.call('HDEL', places, 'batch:' .. one)
  end
  return redis.call('ZCARD', processes)
end
local function renewExpiry()
  local ms = math.ceil(math.max(present, 2 * (window + validity + grace)))
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ms) end
end

-- Redis may have evicted one key of a ledger and not the others.
if wasSetBack or (ledger and wholeNumber(total) > 0 and redis.call('EXISTS', ticks) == 0) then
  redis.call('DEL', places, waiting, served)
  ledger, total, lastBatch, lentTo, estimate = false, 0, 0, 0, {}
end
if not ledger then
  -- A process that knew another ledger proves that it was lost. All processes report to the new one before it lends.
  ledger = process .. ':' .. formatMs(now)
  opensAt = knownLedger == '' and not wasSetBack and now or now + settle
  redis.call('DEL', ticks)
  redis.call('HSET', places, 'ledger', ledger, 'total', 0, 'opensAt', formatMs(opensAt), 'lentTo', 0)
  if knownLedger ~= '' or wasSetBack then redis.call('PUBLISH', channel, 'quota ' .. scope) end
end
-- A process that was isolated has spent permits that the ledger does not know, and others may have been isolated too. The pause for
-- their reports is not repeated for each of them.
if wasIsolated and knownLedger == ledger and now > opensAt + 20 * settle then
  opensAt = now + settle
  redis.call('HSET', places, 'opensAt', formatMs(opensAt))
  redis.call('PUBLISH', channel, 'quota ' .. scope)
end
if knownLedger ~= '' and knownLedger ~= ledger then
  local processCount = countProcesses()
  renewExpiry()
  return { ledger, formatMs(now), processCount, 0, limit == unlimited and '-1' or tostring(limit), formatMs(now), '', '-1', '-1', 0 }
end
`;
