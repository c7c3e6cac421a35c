/**
 * Reads a ledger as something that may be damaged: an older version counted fractions of a permit, an operator may have changed a
 * key by hand. A value outside its range is replaced by the safe one and written back, so no call waits for a moment or a place
 * that never comes.
 *
 * Lua that precedes everything else in the script. `natural` reads a number of permits, `sound` a moment or a duration.
 */
export const REPAIR = `
local unlimited = math.huge
-- A number of permits: whole, not negative, and finite. A part of a permit counts as one.
local function natural(value, otherwise)
  local number = tonumber(value)
  if not number or number ~= number or number < 0 or number > 1e15 then return otherwise or 0 end
  return math.ceil(number)
end
-- A finite number between two bounds, or nil.
local function sound(value, least, most)
  local number = tonumber(value)
  if not number or number ~= number or number < least or number > most then return nil end
  return number
end
-- What was believed, without the values that nothing can be concluded from.
local function readBelief(json, now, window)
  local isJson, read = pcall(cjson.decode, json)
  if not isJson or type(read) ~= 'table' then return {} end
  local belief = {}
  for name, value in pairs(read) do
    if type(name) == 'string' and (type(value) ~= 'number' or sound(value, -1e15, 1e15)) then belief[name] = value end
  end
  local function keep(name, value) belief[name] = value end
  if belief.counts ~= 'fixed' and belief.counts ~= 'sliding' and belief.counts ~= 'bucket' then keep('counts') end
  keep('proven', belief.proven == true or nil)
  for _, name in ipairs({ 'learned', 'before' }) do
    local whole = natural(belief[name])
    keep(name, whole >= 1 and whole or nil)
  end
  for _, name in ipairs({ 'grown', 'pause', 'asks', 'guesses', 'against', 'found', 'paced', 'surplus', 'poured', 'vague', 'swept' }) do
    keep(name, belief[name] ~= nil and natural(belief[name]) or nil)
  end
  -- Moments that have passed.
  for _, name in ipairs({ 'at', 'tried', 'cutAt', 'askedAt', 'emptyAt', 'pacedAt' }) do keep(name, sound(belief[name], 0, now + 2 * window)) end
  local from, to = tonumber(belief.from), tonumber(belief.to)
  if not (from and to and belief.at and from <= to) then
    for _, name in ipairs({ 'from', 'to', 'at', 'proven', 'tried', 'against' }) do keep(name) end
    if belief.counts == 'fixed' then keep('counts') end
  end
  if belief.learned then
    keep('raiseAt', sound(belief.raiseAt, 0, now + 24 * window) or now + 2 * window)
  else
    for _, name in ipairs({ 'raiseAt', 'grown', 'before', 'cutFrom' }) do keep(name) end
  end
  keep('cutFrom', belief.cutAt and tonumber(belief.cutFrom) or nil)
  if belief.cutFrom and not belief.found then keep('cutFrom') end
  keep('full', tonumber(belief.full))
  return belief
end
`;
