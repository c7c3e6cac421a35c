import { seededRandom, VirtualClock } from '@holdline/core/testing';
import type { Gap } from './events.js';
import { notifications } from './notifications.js';
import type { NotificationOptions } from './options.js';
import { fakePlatform } from './platform.fixture.js';

/** A feed on a fake platform, and the gaps that it reports. */
export function setUp(options: NotificationOptions = {}) {
  const clock = new VirtualClock();
  const platform = fakePlatform(clock);
  const feed = notifications(platform.client, {
    WebSocket: platform.WebSocket,
    clock,
    random: seededRandom(1),
    ...options,
  });
  const gaps: Gap[] = [];
  feed.on('gap', (gap) => gaps.push(gap));
  const subscribe = async (topics: string | string[]): Promise<void> => {
    const done = feed.subscribe(topics);
    // The caller gets the rejection below, after time has moved for the sockets.
    done.catch(() => undefined);
    await clock.advance(10_000);
    await done;
  };
  return { clock, platform, feed, gaps, subscribe };
}

/** Names of `n` topics. */
export const topicNames = (n: number): string[] => Array.from({ length: n }, (_, i) => `v2.users.${i}.presence`);
