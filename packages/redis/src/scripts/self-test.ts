import { defineScript } from './script.js';

const publish = `redis.call('PUBLISH', ARGV[1], ARGV[2])
return 1
`;

/**
 * Runs every command that the scripts of the store run, on a key of its own that expires, and publishes a message. The store is
 * ready if the script returns 1 and the message arrives.
 */
export const SELF_TEST = defineScript(`local key = KEYS[1]
redis.call('TIME')
redis.call('SET', key, '1', 'PX', 10000)
redis.call('GET', key)
redis.call('EXISTS', key)
redis.call('PEXPIRE', key, 10000)
redis.call('PTTL', key)
redis.call('DEL', key)
redis.call('HSET', key, 'a', '1')
redis.call('HGET', key, 'a')
redis.call('HMGET', key, 'a')
redis.call('HEXISTS', key, 'a')
redis.call('HLEN', key)
redis.call('HDEL', key, 'a')
redis.call('ZADD', key, 1, 'a')
redis.call('ZCARD', key)
redis.call('ZCOUNT', key, '-inf', '+inf')
redis.call('ZSCORE', key, 'a')
redis.call('ZRANGE', key, 0, 0)
redis.call('ZRANGEBYSCORE', key, 0, 1)
redis.call('ZRANGEBYLEX', key, '-', '+')
redis.call('ZREMRANGEBYSCORE', key, 0, 0)
redis.call('ZREM', key, 'a')
${publish}`);

/** Publishes a message. A link checks with it that messages arrive. */
export const HEARTBEAT = defineScript(publish);
