/** Lua that writes the ledger back, announces changes to the other processes, and returns the reply. */
export const WRITE_LEDGER = `
local changed, emptiedTicks, newTicks = {}, {}, {}
for at, value in pairs(count) do
  if value ~= countBefore[at] and tonumber(at) > current then
    assert(value >= 0 and value == math.floor(value), 'a ledger counts whole places')
    if value > 0 then
      changed[#changed + 1] = at
      changed[#changed + 1] = value
      if countBefore[at] == 0 then
        newTicks[#newTicks + 1] = at
        newTicks[#newTicks + 1] = at
      end
    else
      emptiedTicks[#emptiedTicks + 1] = at
    end
  end
end
local function write(command, target, list, size)
  for start = 1, #list, size do
    local part = {}
    for i = start, math.min(start + size - 1, #list) do part[#part + 1] = list[i] end
    redis.call(command, target, unpack(part))
  end
end
for name, value in pairs(estimate) do
  if type(value) == 'number' and not numberWithin(value, -1e15, 1e15) then estimate[name] = nil end
end
for _, one in ipairs({ 'total', total, 'lentTo', formatTick(lentTo), 'estimate', cjson.encode(estimate), 'writtenAt', formatMs(now) }) do
  changed[#changed + 1] = one
end
write('HSET', places, changed, 1000)
write('ZADD', ticks, newTicks, 1000)
write('HDEL', places, emptiedTicks, 1000)
write('ZREM', ticks, emptiedTicks, 1000)
if (freedPlaces and redis.call('ZCARD', waiting) > 0) or mustAnnounce then redis.call('PUBLISH', channel, 'quota ' .. scope) end

local processCount
if isLeaving then
  redis.call('ZREM', processes, process)
  redis.call('ZREM', waiting, process)
  redis.call('ZREM', served, process)
  redis.call('HDEL', places, batchField)
  processCount = redis.call('ZCARD', processes)
else
  processCount = countProcesses()
end
renewExpiry()
local isContended = active > 1 or (total >= currentLimit / 2 and processCount > 1)
local from, to = readEdge()
local reply = { ledger, formatMs(now), processCount, isContended and 1 or 0, currentLimit == unlimited and '-1' or tostring(currentLimit),
  formatMs(askAt), estimate.counts or '', formatMs(from), formatMs(to), isTrial and 1 or 0 }
for _, one in ipairs(granted) do
  reply[#reply + 1] = formatMs(one[1])
  reply[#reply + 1] = one[2]
  reply[#reply + 1] = formatTick(one[3])
end
return reply
`;
