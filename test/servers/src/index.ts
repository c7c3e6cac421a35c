export { startCluster } from './cluster.js';
export { startHaproxy } from './haproxy.js';
export { bringHaproxy, HaproxyProcess, refusalOfHaproxy } from './haproxy-process.mjs';
export { startProxy } from './proxy.js';
export { freePort, type RedisProcess } from './redis-process.mjs';
export { shareRedis, spawnRedis, startRedis } from './redis.js';
export { startNginx } from './nginx.js';
export { bringNginx, type NginxPlace, NginxProcess, refusalOfNginx } from './nginx-process.mjs';
