/**
 * The Redis keys of a ledger, in the order in which the script reads them.
 *
 * - `places`: hash of the number of places that become free at each tick, and of all other fields of the ledger
 * - `ticks`: the ticks of `places`, in order
 * - `processes`: the processes that use the quota, by the time of their last exchange
 * - `waiting`: the processes that want more than there was, by the time at which that expires
 * - `served`: the permits that each waiting process has received; a new one starts at the least of them
 */
export const LEDGER_KEYS = ['places', 'ticks', 'processes', 'waiting', 'served'] as const;

/** Lua that reads the keys and arguments of the exchange script. `exchange-format.ts` writes the arguments. */
export const ARGUMENTS = `
local places, ticks, processes, waiting, served = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local limit, window, tick, validity, grace, horizon = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]),
  tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local process, knownLedger, batch = ARGV[7], ARGV[8], tonumber(ARGV[9])
local demand, atOnce = wholeNumber(ARGV[10]), wholeNumber(ARGV[11])
local isLeaving, wasIsolated = ARGV[12] == '1', ARGV[13] == '1'
local settle, present, channel, scope = tonumber(ARGV[14]), tonumber(ARGV[15]), ARGV[16], ARGV[17]
local enforcement, burst = ARGV[18], tonumber(ARGV[19])
local acceptsRefusal, answersNameEdge = ARGV[29] ~= '0', ARGV[29] == '2'
local moveCount, firstMove = tonumber(ARGV[30]), 31
-- The result of a trial follows the moves.
local trialResult = ARGV[firstMove + 3 * moveCount] or ''
-- Limit and burst of the platform are rounded down to whole permits.
limit = limit < 0 and unlimited or math.max(1, math.floor(limit))
if burst >= 0 then burst = math.max(1, math.floor(burst)) end
`;
