// Writes what a line does to a logger with the interface of pino: `logger.info(fields, message)`.

/** Adds the listeners. Returns a function that removes them. */
export function logEvents(line, logger) {
  const log = logger.child({ component: 'holdline' });
  const listeners = {
    call: ({ outcome, ...fields }) => log[outcome === 'ok' ? 'debug' : 'info']({ outcome, ...fields }, 'call ended'),
    retry: (fields) => log.warn(fields, 'retry'),
    giveUp: (fields) => log.warn(fields, 'no further attempt'),
    refused: (fields) => log.warn(fields, 'refused, nothing was sent'),
    gateClosed: (fields) => log.warn(fields, 'the platform asked for a wait'),
    gateOpened: (fields) => log.info(fields, 'the wait is over'),
    quotaLearned: (fields) => log.info(fields, 'limit learned'),
    breaker: ({ to, ...fields }) => log[to === 'open' ? 'error' : 'info']({ to, ...fields }, 'circuit changed'),
    tokenRefreshed: (fields) => log.info(fields, 'new token'),
    tokenRefreshFailed: (fields) => log.error(fields, 'no token'),
    deadLetter: ({ what, ...fields }) => log[what === 'lost' ? 'error' : 'warn']({ what, ...fields }, 'dead letter'),
    storeFailed: (fields) => log.error(fields, 'store failed'),
    storeLost: (fields) => log.error(fields, 'store lost'),
    storeBack: (fields) => log.info(fields, 'store is back'),
    defect: (fields) => log.warn(fields, 'defect of the client'),
    listenerFailed: (fields) => log.error(fields, 'a listener failed'),
    closed: (fields) => log.info(fields, 'line closed'),
  };
  const undo = Object.entries(listeners).map(([event, listener]) => line.on(event, listener));
  return () => undo.forEach((remove) => remove());
}
