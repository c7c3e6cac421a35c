import { messageOf } from '../contract/errors.js';
import type { SessionKeys } from '../contract/sessions.js';
import type { Events } from '../runtime/events.js';

/** The session keys of a store as the adapters of a line get them: what fails is told. */
export function toldSessions(keys: SessionKeys, events: Events): SessionKeys {
  return {
    onLoss: keys.onLoss,
    async claim(...args) {
      try {
        return await keys.claim(...args);
      } catch (error) {
        if (events.has('storeFailed'))
          events.emit('storeFailed', { operation: 'sessions.claim', message: messageOf(error) });
        throw error;
      }
    },
    leave: (...args) => keys.leave(...args),
    listen: (...args) => keys.listen(...args),
  };
}
