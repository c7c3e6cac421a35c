/**
 * Lua that reads stored values defensively. A ledger may be damaged: an older version counted fractions of a permit, or an operator
 * changed a key by hand. A value outside its range is replaced by a safe one and written back, so that no call waits for a time or a
 * place that never comes.
 *
 * It starts the script. `wholeNumber` reads a number of permits, `numberWithin` a time or a duration.
 */
export const REPAIR = `
local unlimited = math.huge
-- A number of permits: whole, finite and not negative. A fraction of a permit counts as one.
local function wholeNumber(value, default)
  local number = tonumber(value)
  if not number or number ~= number or number < 0 or number > 1e15 then return default or 0 end
  return math.ceil(number)
end
-- A finite number between two bounds, or nil.
local function numberWithin(value, least, most)
  local number = tonumber(value)
  if not number or number ~= number or number < least or number > most then return nil end
  return number
end
-- The stored estimate, without values that are invalid.
local function readEstimate(json, now, window)
  local isJson, decoded = pcall(cjson.decode, json)
  if not isJson or type(decoded) ~= 'table' then return {} end
  local estimate = {}
  for name, value in pairs(decoded) do
    if type(name) == 'string' and (type(value) ~= 'number' or numberWithin(value, -1e15, 1e15)) then estimate[name] = value end
  end
  local function set(name, value) estimate[name] = value end
  if estimate.counts ~= 'fixed' and estimate.counts ~= 'sliding' and estimate.counts ~= 'bucket' then set('counts') end
  set('edgeProven', estimate.edgeProven == true or nil)
  for _, name in ipairs({ 'learnedLimit', 'limitBefore' }) do
    local permits = wholeNumber(estimate[name])
    set(name, permits >= 1 and permits or nil)
  end
  for _, name in ipairs({ 'raises', 'raisePause', 'trials', 'revisions', 'contradictions', 'accepted', 'paced', 'surplus',
    'refilled', 'unclearRefusals', 'sweptTick' }) do
    set(name, estimate[name] ~= nil and wholeNumber(estimate[name]) or nil)
  end
  -- Times in the past.
  for _, name in ipairs({ 'edgeAt', 'edgeTriedAt', 'refusedAt', 'trialAt', 'emptyAt', 'pacedSince' }) do
    set(name, numberWithin(estimate[name], 0, now + 2 * window))
  end
  local from, to = tonumber(estimate.edgeFrom), tonumber(estimate.edgeTo)
  if not (from and to and estimate.edgeAt and from <= to) then
    for _, name in ipairs({ 'edgeFrom', 'edgeTo', 'edgeAt', 'edgeProven', 'edgeTriedAt', 'contradictions' }) do set(name) end
    if estimate.counts == 'fixed' then set('counts') end
  end
  if estimate.learnedLimit then
    set('raiseAt', numberWithin(estimate.raiseAt, 0, now + 24 * window) or now + 2 * window)
  else
    for _, name in ipairs({ 'raiseAt', 'raises', 'limitBefore', 'loweredFrom' }) do set(name) end
  end
  set('loweredFrom', estimate.refusedAt and tonumber(estimate.loweredFrom) or nil)
  if estimate.loweredFrom and not estimate.accepted then set('loweredFrom') end
  set('fullAt', tonumber(estimate.fullAt))
  return estimate
end
`;
