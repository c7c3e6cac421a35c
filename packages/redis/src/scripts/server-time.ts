/** Lua that sets `now` to the time of the server in ms. Clocks of clients do not matter. */
export const SERVER_TIME = `local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000`;
