import type { SessionKeys } from '../contract/sessions.js';
import type { Events } from '../runtime/events.js';

/** Wraps the session keys of a store for adapters, and reports failed claims as events. */
export function reportSessionFailures(keys: SessionKeys, events: Events): SessionKeys {
  return {
    onLoss: keys.onLoss,
    async claim(...args) {
      try {
        return await keys.claim(...args);
      } catch (error) {
        events.storeFailed('sessions.claim', error);
        throw error;
      }
    },
    leave: (...args) => keys.leave(...args),
    listen: (...args) => keys.listen(...args),
  };
}
