/** Where a script has its time from: the server, so that no client's clock matters. Sets `now` in ms. */
export const SERVER_TIME = `local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000`;
